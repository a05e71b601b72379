package trace

import "strings"

// Level is a log's severity on OpenTelemetry's scale.
type Level uint8

// The levels, least severe first. LevelUnknown is a level that is absent or
// could not be read.
const (
	LevelUnknown Level = iota
	LevelTrace
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

var levelNames = [...]string{"unknown", "trace", "debug", "info", "warn", "error", "fatal"}

// String returns the level's lower-case name.
func (l Level) String() string { return levelNames[l] }

// levelWords are the beginnings of the words that loggers use, each with what
// it means. Longer beginnings stand before shorter ones of the same letters.
var levelWords = [...]struct {
	prefix string
	level  Level
}{
	{"trace", LevelTrace},
	{"verb", LevelTrace},
	{"fine", LevelTrace},
	{"silly", LevelTrace},
	{"deb", LevelDebug},
	{"dbg", LevelDebug},
	{"info", LevelInfo},
	{"inf", LevelInfo},
	{"notice", LevelInfo},
	{"config", LevelInfo},
	{"default", LevelInfo},
	{"log", LevelInfo},
	{"http", LevelInfo},
	{"success", LevelInfo},
	{"wa", LevelWarn},
	{"wrn", LevelWarn},
	{"err", LevelError},
	{"sev", LevelError},
	{"fatal", LevelFatal},
	{"ftl", LevelFatal},
	{"crit", LevelFatal},
	{"alert", LevelFatal},
	{"emerg", LevelFatal},
	{"panic", LevelFatal},
	{"dpanic", LevelFatal},
}

// ParseLevel reads a level's word in any common spelling, or the single
// letters of klog and logcat.
func ParseLevel(s string) Level {
	s = strings.ToLower(strings.Trim(s, " []\t\n"))
	if len(s) == 1 {
		return levelLetter(s[0])
	}
	for _, w := range levelWords {
		if strings.HasPrefix(s, w.prefix) {
			return w.level
		}
	}
	return LevelUnknown
}

func levelLetter(c byte) Level {
	switch c {
	case 't', 'v':
		return LevelTrace
	case 'd':
		return LevelDebug
	case 'i', 'n':
		return LevelInfo
	case 'w':
		return LevelWarn
	case 'e':
		return LevelError
	case 'f', 'c', 'p':
		return LevelFatal
	}
	return LevelUnknown
}

// A LevelScale is the family of numbers that a numeric level belongs to. A
// number means nothing without it.
type LevelScale uint8

// The families of numeric levels.
const (
	ScaleOTel    LevelScale = iota // 1 to 24
	ScaleTens                      // 10 to 60: pino and bunyan
	ScalePython                    // 10 to 50: Python's logging
	ScaleSyslog                    // 7 to 0: lower is worse
	ScaleLogback                   // 5000 to 40000
	ScaleGCP                       // 0 to 800
)

// ParseLevelNumber reads a numeric level of a known family.
func ParseLevelNumber(n int64, scale LevelScale) Level {
	switch scale {
	case ScaleOTel:
		return steps(n, 1, 5, 9, 13, 17, 21)
	case ScaleTens:
		return steps(n, 10, 20, 30, 40, 50, 60)
	case ScalePython:
		return steps(n, 5, 10, 20, 30, 40, 50)
	case ScaleLogback:
		return steps(n, 1, 10000, 20000, 30000, 40000, 50000)
	case ScaleGCP:
		return steps(n, 1, 100, 200, 400, 500, 600)
	}
	return syslogLevel(n)
}

// steps finds n between the lowest numbers of trace, debug, info, warn, error
// and fatal.
func steps(n int64, floors ...int64) Level {
	level := LevelUnknown
	for i, floor := range floors {
		if n >= floor {
			level = Level(i + 1)
		}
	}
	return level
}

func syslogLevel(n int64) Level {
	switch {
	case n < 0 || n > 7:
		return LevelUnknown
	case n <= 2:
		return LevelFatal
	case n == 3:
		return LevelError
	case n == 4:
		return LevelWarn
	case n <= 6:
		return LevelInfo
	}
	return LevelDebug
}
