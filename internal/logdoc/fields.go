package logdoc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fields are a team's own names of log fields by what they tell: "trace",
// "span", "time", "level", "message", "service", "host", "error" and "stack".
// A dotted name is a path, and spellings count as everywhere in this package.
type Fields map[string][]string

// ownRank outranks every known name, however deep inside it stands.
const ownRank = -10_000

// fieldRoles are the roles that a team may name fields for. What an error or
// its stack says is the message of a log that has no other; an error parser
// takes it for the error's reason and stack too.
var fieldRoles = map[string]fieldRole{
	"trace":   {},
	"span":    {role: roleSpan, rank: ownRank},
	"time":    {role: roleTime, rank: ownRank},
	"level":   {role: roleLevel, rank: ownRank},
	"message": {role: roleMessage, rank: ownRank, nested: true},
	"service": {role: roleService, rank: ownRank},
	"host":    {role: roleHost, rank: ownRank},
	"error":   {role: roleMessage, rank: roles["@mt"].rank}, // the last before the errors' known names
	"stack":   {role: roleMessage, rank: roles["errormessage"].rank},
}

// Check names the roles that there are when a field is named for another.
func (f Fields) Check() error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if _, ok := fieldRoles[name]; !ok {
			return fmt.Errorf("%.40q is no role of a log field: there are %s", name, strings.Join(slices.Sorted(maps.Keys(fieldRoles)), ", "))
		}
	}
	return nil
}

// own is the fields' roles by canonical name, nil when there are none.
func (f Fields) own() map[string]fieldRole {
	var own map[string]fieldRole
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for i, field := range f[name] {
			if own == nil {
				own = make(map[string]fieldRole)
			}
			canonical := string(appendCanonical(nil, []byte(field)))
			it := fieldRoles[name]
			if it.rank == ownRank {
				it.rank += int16(min(i, 100))
			}
			if known := roles[canonical]; known.role == it.role { // how to read it is known
				it.scale, it.nested, it.decimal = known.scale, known.nested, known.decimal
			}
			if _, taken := own[canonical]; !taken && it.role != roleNone {
				own[canonical] = it
			}
		}
	}
	return own
}

// ids is the fields of the role "trace" by canonical name, nil when there are
// none.
func (f Fields) ids() map[string]bool {
	var ids map[string]bool
	for _, field := range f["trace"] {
		if ids == nil {
			ids = make(map[string]bool)
		}
		ids[string(appendCanonical(nil, []byte(field)))] = true
	}
	return ids
}

// ServiceField reports whether a field of this dotted name may tell which
// service wrote a log, if only by its pod's name or its container's.
func (f Fields) ServiceField(name string) bool {
	w := walker{own: f.own()}
	w.enter([]byte(name), false)
	switch it, _ := w.role(); it.role {
	case roleService, roleWorkload, rolePod:
		return true
	}
	return false
}

// Use makes the parser read the fields as their roles say, before the names
// that it knows. It must be called before the first document is read.
func (p *Parser) Use(f Fields) {
	p.walk.own, p.walk.ids, p.walk.ownErrors = f.own(), f.ids(), f.errorParts()
}

// Use makes the matcher take the fields of the role "trace" for ID fields. It
// must be called before the first document is read.
func (m *Matcher) Use(f Fields) { m.ids = f.ids() }
