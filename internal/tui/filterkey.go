package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A keyed word is a name, a sign and a value.
type keyed struct{ key, sign, value string }

// comparing are the signs between a name and a value; of :>= and such the colon is
// customary elsewhere.
const comparing = ":<>="

// readKeyed takes a word apart.
func readKeyed(w string) (keyed, bool) {
	at := strings.IndexAny(w, comparing)
	if at < 1 {
		return keyed{}, false
	}
	rest := strings.TrimLeft(w[at:], comparing)
	return keyed{key: w[:at], sign: w[at : len(w)-len(rest)], value: unquoted(rest)}, true
}

// setKeyed sets what a keyed word means, and reports whether it means anything.
func setKeyed(f *timeline.Filter, w string) (bool, error) {
	k, ok := readKeyed(w)
	if !ok {
		return false, nil
	}
	set := known(strings.ToLower(k.key))
	switch {
	case set == nil:
		return setField(f, k, w), nil
	case k.value == "":
		return true, nil // more is to come
	}
	if len(k.sign) > 1 && k.sign[0] == ':' {
		k.sign = k.sign[1:]
	}
	return true, set(f, k)
}

// known is what sets a name that has a meaning of its own, else nil.
func known(key string) func(*timeline.Filter, keyed) error {
	switch key {
	case "level":
		return setLevel
	case "service", "svc":
		return func(f *timeline.Filter, k keyed) error {
			for one := range strings.SplitSeq(k.value, ",") {
				f.Services = append(f.Services, k.pattern(one))
			}
			return nil
		}
	case "op", "operation":
		return func(f *timeline.Filter, k keyed) error {
			f.Operations = append(f.Operations, k.pattern(k.value))
			return nil
		}
	case "dur", "duration":
		return setDuration
	case "depth":
		return setDepth
	}
	return nil
}

// pattern lets a name that is still being typed match already, unless it is to
// be equal.
func (k keyed) pattern(name string) timeline.Pattern {
	if k.sign != "=" && !strings.Contains(name, "*") {
		name += "*"
	}
	return timeline.NewPattern(name)
}

func setLevel(f *timeline.Filter, k keyed) error {
	level := levelOf(k.value)
	switch {
	case level == trace.LevelUnknown:
		return fmt.Errorf("%q is no level", k.value)
	case k.sign == ">" && level == trace.LevelFatal:
		return fmt.Errorf("nothing is worse than %s", level)
	case k.sign == "<" && level == trace.LevelTrace:
		return fmt.Errorf("nothing is below %s", level)
	}
	switch k.sign {
	case "=":
		f.Level, f.MaxLevel = level, level
	case "<=":
		f.MaxLevel = level
	case "<":
		f.MaxLevel = level - 1
	case ">":
		f.Level = level + 1
	default:
		f.Level = level
	}
	return nil
}

// levelOf reads a level, also one that is still being typed.
func levelOf(s string) trace.Level {
	if level := trace.ParseLevel(s); level != trace.LevelUnknown {
		return level
	}
	for level := trace.LevelTrace; level <= trace.LevelFatal; level++ {
		if strings.HasPrefix(level.String(), strings.ToLower(s)) {
			return level
		}
	}
	return trace.LevelUnknown
}

func setDuration(f *timeline.Filter, k keyed) error {
	d, err := time.ParseDuration(k.value)
	switch {
	case err != nil || d < 0:
		return fmt.Errorf("%q is no duration: as in 100ms", k.value)
	case k.sign[0] == '<':
		f.MaxDuration = max(int64(d), 1) // 0 is any
	default:
		f.MinDuration = int64(d)
	}
	return nil
}

func setDepth(f *timeline.Filter, k keyed) error {
	n, err := strconv.Atoi(k.value)
	if k.sign == "<" {
		n--
	}
	switch {
	case err != nil || n < 1:
		return fmt.Errorf("%q is no number of levels", k.value)
	case k.sign[0] == '>':
		return fmt.Errorf("depth tells the most levels: depth<=%d", n)
	}
	f.Depth = n
	return nil
}

// setField asks for a field or an attribute, where the word is one.
func setField(f *timeline.Filter, k keyed, w string) bool {
	if !isName(k.key) || k.value == "" || strings.HasPrefix(k.value, "//") {
		return false
	}
	text := strings.ReplaceAll(w, `"`, "")
	switch k.sign {
	case ":", "=":
		begins := k.sign == ":" && !strings.Contains(k.value, "*")
		f.Fields = append(f.Fields, timeline.NewField(k.key, k.value, begins, text))
		return true
	}
	n, err := strconv.ParseFloat(k.value, 64)
	if err != nil || math.IsNaN(n) {
		return false
	}
	low, high := math.Inf(-1), math.Inf(1)
	switch strings.TrimPrefix(k.sign, ":") {
	case ">":
		low = math.Nextafter(n, high)
	case ">=":
		low = n
	case "<":
		high = math.Nextafter(n, low)
	case "<=":
		high = n
	default:
		return false
	}
	f.Fields = append(f.Fields, timeline.NewNumberField(k.key, low, high, text))
	return true
}

// isName reports whether a key may be one of a field.
func isName(s string) bool {
	if first, _ := utf8.DecodeRuneInString(s); !unicode.IsLetter(first) && first != '_' && first != '@' {
		return false
	}
	return !strings.HasSuffix(s, "-") && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@/", r)
	})
}
