package render

import (
	"io"
	"strconv"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

// ClocksJSON writes what JSON does without the rows, which it counts as
// hidden: whoever reads a timeline's clocks can read these.
func ClocksJSON(w io.Writer, tl *timeline.Timeline) error {
	p := newPage(w)
	p.buf = append(appendHead(append(p.buf, '{'), tl), `,"rows":[],`...)
	p.buf = append(appendTail(p.buf, tl, allHidden(tl)), "}\n"...)
	return p.flush()
}

// ClocksNDJSON writes the header line of NDJSON alone.
func ClocksNDJSON(w io.Writer, tl *timeline.Timeline) error {
	p := newPage(w)
	p.buf = append(appendHead(append(p.buf, '{'), tl), ',')
	p.buf = append(appendTail(p.buf, tl, allHidden(tl)), "}\n"...)
	return p.flush()
}

func allHidden(tl *timeline.Timeline) timeline.Hidden {
	return timeline.Hidden{Spans: tl.Counts.Spans, Logs: tl.Counts.Logs, Events: tl.Counts.Events}
}

// appendClocks appends what is known of each clock.
func appendClocks(b []byte, tl *timeline.Timeline) []byte {
	services := servicesByClock(tl)
	b = append(b, `,"clocks":[`...)
	for i := range tl.Clocks {
		if i > 0 {
			b = append(b, ',')
		}
		c := &tl.Clocks[i]
		b = appendTexts(append(appendClock(append(b, '{'), c), `,"services":`...), services[c.Name])
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendClock(b []byte, c *skew.Clock) []byte {
	b = appendText(b, `"name":`, c.Name)
	b = appendInt(b, `,"offset_ns":`, c.Offset)
	b = appendBound(b, `,"low_ns":`, c.Low)
	b = appendBound(b, `,"high_ns":`, c.High)
	b = appendBound(b, `,"hard_low_ns":`, c.HardLow)
	b = appendBound(b, `,"hard_high_ns":`, c.HardHigh)
	b = appendProof(append(b, `,"low_by":`...), c.LowBy)
	b = appendProof(append(b, `,"high_by":`...), c.HighBy)
	b = appendInt(b, `,"samples":`, int64(c.Samples))
	b = appendEvidence(b, c.Evidence)
	b = appendInt(b, `,"ignored":`, int64(c.Ignored))
	b = appendIgnored(b, c.IgnoredSamples)
	b = appendText(b, `,"status":`, c.Status.String())
	b = append(b, `,"drift_ppm":`...)
	b = appendFloat(b, c.DriftPPM)
	b = appendInt(b, `,"component":`, int64(c.Component))
	b = append(b, `,"refuted":`...)
	b = strconv.AppendBool(b, c.Refuted)
	if c.Pooled > 0 {
		b = appendInt(b, `,"pooled":`, int64(c.Pooled))
	}
	b = appendInt(b, `,"spans":`, int64(c.Spans))
	return appendInt(b, `,"logs":`, int64(c.Logs))
}

// appendProof appends what sets a bound, null where nothing does.
func appendProof(b []byte, p skew.Proof) []byte {
	if p.Rule == "" {
		return append(b, "null"...)
	}
	b = appendText(b, `{"rule":`, p.Rule)
	b = appendSpanID(b, `,"span_id":`, p.Span)
	return append(appendText(b, `,"clock":`, p.Clock), '}')
}

// appendEvidence appends how many samples there are of each rule.
func appendEvidence(b []byte, counts []skew.Count) []byte {
	b = append(b, `,"evidence":{`...)
	for i, n := range counts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendInt(appendText(b, "", n.Rule), ":", int64(n.Samples))
	}
	return append(b, '}')
}

func appendIgnored(b []byte, list []skew.Ignored) []byte {
	b = append(b, `,"ignored_samples":[`...)
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSpanID(b, `{"span_id":`, s.Span)
		b = appendText(b, `,"rule":`, s.Rule)
		b = append(appendText(b, `,"why":`, s.Why), '}')
	}
	return append(b, ']')
}
