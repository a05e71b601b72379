package template

import (
	"slices"
	"strings"
)

// A kind is what a word looks like.
type kind uint8

const (
	plainWord kind = iota
	nameWord       // an identifier: looks like a variable's value
	codeWord       // a reason as programs give it: card_expired
	deedWord       // ends as what was done does: started, waiting
	markWord       // has no letter
)

// kindOf tells what a word looks like.
func kindOf(w string) kind {
	letters, underscore, upperAfter := false, false, false
	for i := range len(w) {
		c := w[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 0x80:
			letters = true
		case c >= 'A' && c <= 'Z':
			letters = true
			upperAfter = upperAfter || i > 0 && w[i-1] >= 'a' && w[i-1] <= 'z'
		case c == '_':
			underscore = true
		case c >= '0' && c <= '9', c == '/', c == '\\', c == '$', c == '@', c == '+', c == '%':
			return nameWord
		case c == '.' || c == '-':
			if i > 0 && i+1 < len(w) {
				return nameWord
			}
		}
	}
	switch {
	case !letters:
		return markWord
	case isCode(w):
		return codeWord
	case underscore, upperAfter:
		return nameWord
	case strings.HasSuffix(w, "ed"), strings.HasSuffix(w, "ing"):
		return deedWord
	}
	return plainWord
}

// isCode reports whether a word is several in small letters, joined by
// underscores.
func isCode(w string) bool {
	joints := 0
	for i := range len(w) {
		switch c := w[i]; {
		case c == '_' && i > 0 && i+1 < len(w) && w[i-1] != '_':
			joints++
		case c < 'a' || c > 'z':
			return false
		}
	}
	return joints > 0
}

// divide splits rows of one shape until those that are left together agree in
// enough words, and merges these.
func (v *vocabulary) divide(rows []row) []row {
	places := v.survey(rows)
	return v.divideAt(rows, places, nil)
}

// divideAt divides rows that agree at all but some places, and appends them to
// those that are done.
func (v *vocabulary) divideAt(rows []row, places []place, done []row) []row {
	if len(rows) == 1 {
		return append(done, rows...)
	}
	same, differ := agreement(places)
	near := same > 0 && float64(same) >= agreeing*float64(same+differ)
	at := -1
	for i, p := range places {
		if p.distinct < 2 || near && p.varies(same) {
			continue
		}
		if at < 0 || p.distinct < places[at].distinct {
			at = i
		}
	}
	if at < 0 {
		return append(done, join(rows))
	}
	for _, part := range v.split(rows, at) {
		done = v.divideAt(part, v.resurvey(part, places), done)
	}
	return done
}

// agreeing is the least share of the places with words at which rows must agree.
const agreeing = 0.5

// agreement counts the words in which rows agree, and the places at which they
// do not.
func agreement(places []place) (same, differ int) {
	for _, p := range places {
		switch {
		case p.distinct > 1:
			differ++
		case p.distinct == 1 && !p.mark:
			same++
		}
	}
	return same, differ
}

// split divides rows by their words at one place.
func (v *vocabulary) split(rows []row, at int) [][]row {
	var parts [][]row
	v.visit++
	first := v.visit
	for _, r := range rows {
		w := r.words[at]
		if v.seen[w] < first {
			v.visit++
			v.seen[w] = v.visit
			parts = append(parts, nil)
		}
		n := v.seen[w] - first - 1
		parts[n] = append(parts[n], r)
	}
	return parts
}

// A place is what stands at one place of several rows.
type place struct {
	distinct int  // words, and one for holes
	names    int  // of these, that look like variables' values
	codes    int  // of these, that are reasons
	deeds    int  // of these, that look like what was done
	holes    bool // some have a hole here
	first    bool // no word stands before it
	valued   bool // it stands behind =
	told     bool // it ends the message, behind a colon
	mark     bool // no word here has a letter
}

// survey looks at all places of rows of one shape.
func (v *vocabulary) survey(rows []row) []place {
	places := make([]place, len(rows[0].words))
	at := 0
	for i := range len(rows[0].shape) {
		if rows[0].shape[i] == blank {
			places[at].valued = i > 0 && rows[0].shape[i-1] == '='
			places[at].told = i == len(rows[0].shape)-1 && strings.HasSuffix(rows[0].shape[:i], ": ")
			places[at].first = at == 0
			at++
		}
	}
	for i := range places {
		v.look(&places[i], rows, i)
	}
	return places
}

// resurvey looks again at the places at which more rows than these differed.
func (v *vocabulary) resurvey(rows []row, before []place) []place {
	places := slices.Clone(before)
	for i, p := range before {
		if p.distinct > 1 {
			places[i] = place{first: p.first, valued: p.valued, told: p.told}
			v.look(&places[i], rows, i)
		}
	}
	return places
}

// look takes in the words at one place.
func (v *vocabulary) look(p *place, rows []row, at int) {
	v.visit++
	p.mark = true
	for _, r := range rows {
		w := r.words[at]
		if v.seen[w] == v.visit {
			continue
		}
		v.seen[w] = v.visit
		p.distinct++
		p.holes = p.holes || w == holeWord
		p.mark = p.mark && (v.kinds[w] == markWord || w == holeWord)
		switch v.kinds[w] {
		case codeWord:
			p.codes++
			p.names++
		case nameWord:
			p.names++
		case deedWord:
			p.deeds++
		}
	}
}

// varies reports whether what stands at a place varies, in rows that agree in
// so many words. The more they agree in, the fewer words at the place are
// enough.
func (p place) varies(same int) bool {
	if p.holes || p.mark {
		return true
	}
	if p.told && p.codes == p.distinct {
		return true
	}
	enough := 6 - (min(same, 5)+1)/2
	if 2*p.names >= p.distinct {
		enough--
	}
	if p.valued {
		enough--
	}
	if 2*p.deeds >= p.distinct {
		enough++
	}
	if p.first {
		enough *= 3
	}
	return p.distinct >= max(enough, 3)
}
