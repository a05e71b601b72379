package tui

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// parseFilter reads what is typed: words with a meaning, in any order, and
// text. All must be met.
//
//	err                    what failed, with what it said
//	critical               the critical path
//	nologs                 no logs
//	level>=warn            logs of that level or a worse one
//	service:pay*           of these services; also svc:
//	op:"GET /orders"       spans of these operations
//	dur>100ms              spans that took longer
//	depth<=3               levels of spans
//	/time ?out/            a regular expression
//	anything else          text; case matters where it has capitals
func parseFilter(s string) (timeline.Filter, error) {
	var f timeline.Filter
	var words []string
	for _, w := range split(s) {
		meant, err := setFilter(&f, w)
		if err != nil {
			return f, err
		}
		if !meant {
			words = append(words, strings.Trim(w, `"`))
		}
	}
	if len(words) > 0 {
		if f.Text != nil {
			return f, errors.New("text beside a regular expression: give one of them")
		}
		f.Phrase = strings.Join(words, " ")
	}
	return f, nil
}

// split splits at blanks that are not within quotes or slashes.
func split(s string) (words []string) {
	from, quote := 0, byte(0)
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || quote == 0 && s[i] == ' ':
			if i > from {
				words = append(words, s[from:i])
			}
			from = i + 1
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '"' || s[i] == '/' && i == from:
			quote = s[i]
		}
	}
	return words
}

// setFilter sets what one word means, and reports whether it means anything.
func setFilter(f *timeline.Filter, w string) (bool, error) {
	switch w {
	case "err", "error", "errors":
		f.Errors = true
		return true, nil
	case "critical":
		f.Critical = true
		return true, nil
	case "nologs":
		f.NoLogs = true
		return true, nil
	}
	if len(w) > 1 && w[0] == '/' && w[len(w)-1] == '/' {
		re, err := compile(w[1 : len(w)-1])
		f.Text = re
		return true, err
	}
	at := strings.IndexAny(w, ":<>=")
	if at < 0 {
		return false, nil
	}
	key := strings.ToLower(w[:at])
	value := strings.Trim(strings.TrimLeft(w[at:], ":<>="), `"`)
	if value == "" {
		return isKey(key), nil // more is to come
	}
	return setKey(f, key, value)
}

func isKey(key string) bool {
	switch key {
	case "level", "service", "svc", "op", "operation", "dur", "duration", "depth":
		return true
	}
	return false
}

func setKey(f *timeline.Filter, key, value string) (bool, error) {
	var err error
	switch key {
	case "level":
		if f.Level = trace.ParseLevel(value); f.Level == trace.LevelUnknown {
			err = fmt.Errorf("%q is no level", value)
		}
	case "service", "svc":
		for one := range strings.SplitSeq(value, ",") {
			f.Services = append(f.Services, timeline.NewPattern(begins(one)))
		}
	case "op", "operation":
		f.Operations = append(f.Operations, timeline.NewPattern(begins(value)))
	case "dur", "duration":
		var d time.Duration
		if d, err = time.ParseDuration(value); err != nil {
			err = fmt.Errorf("%q is no duration: as in 100ms", value)
		}
		f.MinDuration = int64(d)
	case "depth":
		if f.Depth, err = strconv.Atoi(value); err != nil || f.Depth < 1 {
			err = fmt.Errorf("%q is no number of levels", value)
		}
	default:
		return false, nil
	}
	return true, err
}

// begins lets a name that is still being typed match already.
func begins(name string) string {
	if strings.Contains(name, "*") {
		return name
	}
	return name + "*"
}

// compile reads a regular expression. Case matters where it has capitals, other
// than those of \S and \W.
func compile(s string) (*regexp.Regexp, error) {
	letters := regexp.MustCompile(`\\[pP]\{[^}]*\}|\\[pP]?.`).ReplaceAllString(s, "")
	if letters == strings.ToLower(letters) {
		s = "(?i)" + s
	}
	re, err := regexp.Compile(s)
	if err != nil {
		_, why, _ := strings.Cut(err.Error(), "error parsing regexp: ")
		return nil, errors.New(why)
	}
	return re, nil
}
