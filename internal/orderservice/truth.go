package orderservice

// A Truth is one line of truth.ndjson: what is really so about one span or one
// log. All times are nanoseconds since 1970 in UTC.
type Truth struct {
	Kind    string `json:"kind"`            // "span" or "log"
	TraceID string `json:"trace_id"`        // as the record names it: "" where its service has no tracing
	SpanID  string `json:"span_id"`         // of a log: as it names it, or ""
	ID      string `json:"id,omitempty"`    // of a log: its _id
	Index   string `json:"index,omitempty"` // of a log: its _index

	Service string `json:"service"`
	Clock   string `json:"clock"` // the machine whose clock stamped it: its host.name

	TrueTime    int64 `json:"true_time_ns"`              // when it was, of a span: when it started
	Observed    int64 `json:"observed_ns"`               // what the clock showed: TrueTime + ClockOffset
	ClockOffset int64 `json:"clock_offset_ns"`           // how far the clock was ahead
	TrueEnd     int64 `json:"true_end_ns,omitempty"`     // of a span: when it ended
	ObservedEnd int64 `json:"observed_end_ns,omitempty"` // of a span: what the clock showed then
	// Precision is what the log's format cuts its time to, downwards: 1, 1000
	// or 1000000. The document says Observed cut to this.
	Precision int64 `json:"precision_ns,omitempty"`

	// ParentID is the parent that the span names, or for a log the same as
	// SpanID. TrueParentID is the span that caused it, whatever the record
	// says: across a link, across a service without tracing, and for a log the
	// span that it was written in. TrueTraceID is that span's trace.
	ParentID     string `json:"parent_id"`
	TrueParentID string `json:"true_parent_id"`
	TrueTraceID  string `json:"true_trace_id"`

	OrderID  string `json:"order_id"`
	Scenario string `json:"scenario"`

	// Lost says that the record exists here only, and Reason says why: "export"
	// for a span that a scenario lost, "queue full" for a log that was dropped.
	Lost   bool   `json:"lost"`
	Reason string `json:"reason,omitempty"`
}

// Reasons why a record is lost.
const (
	lostInExport = "export"
	lostInQueue  = "queue full"
)

// appendJSON appends the truth as encoding/json would write it.
func (t *Truth) appendJSON(b []byte) []byte {
	o := &object{buf: b}
	o.open()
	o.str("kind", t.Kind)
	o.str("trace_id", t.TraceID)
	o.str("span_id", t.SpanID)
	o.some("id", t.ID)
	o.some("index", t.Index)
	o.str("service", t.Service)
	o.str("clock", t.Clock)
	o.num("true_time_ns", t.TrueTime)
	o.num("observed_ns", t.Observed)
	o.num("clock_offset_ns", t.ClockOffset)
	o.nonzero("true_end_ns", t.TrueEnd)
	o.nonzero("observed_end_ns", t.ObservedEnd)
	o.nonzero("precision_ns", t.Precision)
	o.str("parent_id", t.ParentID)
	o.str("true_parent_id", t.TrueParentID)
	o.str("true_trace_id", t.TrueTraceID)
	o.str("order_id", t.OrderID)
	o.str("scenario", t.Scenario)
	o.flag("lost", t.Lost)
	o.some("reason", t.Reason)
	o.close()
	return o.buf
}

func (o *object) nonzero(k string, v int64) {
	if v != 0 {
		o.num(k, v)
	}
}
