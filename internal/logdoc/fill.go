package logdoc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// fill decides each of the log's facts among the candidates that the walk
// found.
func (p *Parser) fill(l *trace.Log) {
	w := &p.walk
	l.Message = w.message()
	l.Template = string(bytes.TrimSpace(w.best(roleTemplate)))
	p.level(l)
	l.Span = w.span()
	if l.Span == 0 {
		l.Span = w.spanInTexts(l.Message)
	}
	l.Time = w.time()
	l.Origin.Pod = p.share(w.best(rolePod))
	l.Origin.Host = p.share(w.best(roleHost))
	l.Origin.Process = p.share(w.best(roleProcess))
	l.Origin.Service = p.service(l.Origin.Pod)
}

// best is the best candidate's text, or nil.
func (w *walker) best(r role) []byte {
	v, _ := w.roles[r].pop()
	return v.text
}

// message is the best that says something.
func (w *walker) message() string {
	for v, ok := w.roles[roleMessage].pop(); ok; v, ok = w.roles[roleMessage].pop() {
		if text := bytes.TrimSpace(v.text); len(text) > 0 {
			return string(text)
		}
	}
	return w.request()
}

// request is what an access log says, "GET /orders 200", for logs without a
// message.
func (w *walker) request() string {
	method := w.best(roleMethod)
	if len(method) == 0 {
		return ""
	}
	return string(bytes.TrimSpace(bytes.Join([][]byte{method, w.best(rolePath), w.best(roleStatus)}, []byte(" "))))
}

// service is the program's name for itself, else what the cluster calls it. A
// container's name comes after the pod's workload, because half of all
// containers are called "server" or "app".
func (p *Parser) service(pod string) string {
	if name := p.walk.best(roleService); len(name) > 0 {
		return p.share(name)
	}
	if name := workload(pod); name != "" {
		return p.share([]byte(name))
	}
	return p.share(p.walk.best(roleWorkload))
}

// workload cuts what a Deployment or a StatefulSet adds to its pods' names:
// "-5b67c48447-mv5hb" or "-0". It is "" for a name that has neither.
func workload(pod string) string {
	cut := strings.LastIndexByte(pod, '-')
	if cut <= 0 {
		return ""
	}
	name, suffix := pod[:cut], pod[cut+1:]
	if _, err := strconv.ParseUint(suffix, 10, 16); err == nil && len(suffix) <= 3 {
		return name
	}
	if len(suffix) != 5 || !podHash(suffix) {
		return ""
	}
	if cut = strings.LastIndexByte(name, '-'); cut > 0 {
		if hash := name[cut+1:]; len(hash) >= 6 && len(hash) <= 10 && podHash(hash) && strings.ContainsAny(hash, "0123456789") {
			return name[:cut]
		}
	}
	return ""
}

// podHash reports whether Kubernetes could have drawn the text: it leaves out
// vowels and digits that look like letters.
func podHash(s string) bool {
	for i := range len(s) {
		if !strings.ContainsRune("bcdfghjklmnpqrstvwxz0123456789", rune(s[i])) {
			return false
		}
	}
	return true
}

// level takes the first candidate that means something; else the first one's
// text with an unknown level; else what the message begins with.
func (p *Parser) level(l *trace.Log) {
	for v, ok := p.walk.roles[roleLevel].pop(); ok; v, ok = p.walk.roles[roleLevel].pop() {
		level := readLevel(v)
		if level == trace.LevelUnknown && v.field.scale == scaleWord {
			continue // some other status
		}
		if level != trace.LevelUnknown || l.LevelRaw == "" {
			l.Level, l.LevelRaw = level, p.share(bytes.TrimSpace(v.text))
		}
		if level != trace.LevelUnknown {
			return
		}
	}
	if l.LevelRaw != "" {
		return
	}
	if p.walk.serilog {
		l.Level = trace.LevelInfo
		return
	}
	l.Level, l.LevelRaw = levelInText(l.Message)
}

func readLevel(v candidate) trace.Level {
	text := string(bytes.TrimSpace(v.text))
	if v.field.scale == scaleWord {
		level, _ := levelWord(strings.ToUpper(text), "")
		return level
	}
	if text == "" || !isDigit(text[0]) {
		return trace.ParseLevel(text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 1e6 {
		return trace.ParseLevel(text)
	}
	return levelNumber(int64(n), v.field.scale)
}

// levelNumber reads a number of a field whose family its name does not tell by
// its size; the families hardly overlap.
func levelNumber(n int64, scale numberScale) trace.Level {
	switch scale {
	case scaleOTel:
		return trace.ParseLevelNumber(n, trace.ScaleOTel)
	case scaleSyslog:
		if n > 7 && n < 192 { // with the facility
			n %= 8
		}
		return trace.ParseLevelNumber(n, trace.ScaleSyslog)
	case scaleAzure: // verbose, information, warning, error, critical
		return trace.ParseLevelNumber(n*4+5, trace.ScaleOTel)
	case scaleLogback:
		return trace.ParseLevelNumber(n, trace.ScaleLogback)
	case scalePython:
		return trace.ParseLevelNumber(n, trace.ScalePython)
	}
	switch {
	case n <= 7:
		return trace.ParseLevelNumber(n, trace.ScaleSyslog)
	case scale == scaleSeverity && n <= 24:
		return trace.ParseLevelNumber(n, trace.ScaleOTel)
	case n >= 1000:
		return trace.ParseLevelNumber(n, trace.ScaleLogback)
	case n >= 100 && scale == scaleSeverity:
		return trace.ParseLevelNumber(n, trace.ScaleGCP)
	case n >= 100:
		return monolog(n)
	}
	return trace.ParseLevelNumber(n, trace.ScaleTens)
}

// monolog reads 100 to 600, which differ from GCP's numbers from warning up.
func monolog(n int64) trace.Level {
	switch {
	case n < 200:
		return trace.LevelDebug
	case n < 300:
		return trace.LevelInfo
	case n < 400:
		return trace.LevelWarn
	case n < 500:
		return trace.LevelError
	}
	return trace.LevelFatal
}

// spanInTexts finds the span that the message names, or a text that was no
// better message.
func (w *walker) spanInTexts(message string) trace.SpanID {
	id := spanInText(message)
	for v, ok := w.roles[roleMessage].pop(); ok && id == 0; v, ok = w.roles[roleMessage].pop() {
		id = spanInText(string(v.text))
	}
	return id
}

// span reads the best candidate that is a span ID.
func (w *walker) span() trace.SpanID {
	for v, ok := w.roles[roleSpan].pop(); ok; v, ok = w.roles[roleSpan].pop() {
		text := strings.TrimSpace(string(v.text))
		if !v.quote || v.field.decimal {
			if n, err := strconv.ParseUint(text, 10, 64); err == nil && n != 0 {
				return trace.SpanID(n)
			}
			continue
		}
		if id, ok := trace.ParseSpanID(text); ok {
			return id
		}
		if id := spanInText(text); id != 0 { // a traceparent or the like
			return id
		}
	}
	return 0
}

// time takes the best candidate that can be read. A zone beats none, and of
// two that agree within a second the one with a fraction is taken.
func (w *walker) time() int64 {
	var best moment
	if sec, nano := w.best(roleSecond), w.best(roleNano); sec != nil {
		best = instant(sec, nano)
	}
	for v, ok := w.roles[roleTime].pop(); ok; v, ok = w.roles[roleTime].pop() {
		m := readTime(v.text, v.quote)
		switch {
		case !m.ok:
		case v.field.rank < 0: // the team's own
			return m.ns
		case !best.ok, m.zoned && !best.zoned:
			best = m
		case best.whole && !m.whole && m.zoned && abs(m.ns-best.ns) < 1e9:
			best = m
		}
	}
	if !best.ok {
		return trace.NoTime
	}
	return best.ns
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
