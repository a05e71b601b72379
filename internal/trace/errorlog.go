package trace

// An ErrorLog is a log entry that tells of an error, by its level or because
// it holds an exception, with what it says of the error.
type ErrorLog struct {
	Log
	TraceID ID     // the trace that it names, zero when it names none
	Type    string // of the exception
	Reason  string // what the exception says
	Stack   string // as it was written
}

// An ErrorQuery asks for error logs.
type ErrorQuery struct {
	Service string // "" is any
	Window  Window
	Limit   int       // the most logs to hand over; zero is no limit
	Without []Pattern // logs that any of these fits are not wanted
}

// A Pattern recognises logs of one service that say the same: all its parts
// stand in the message. Parts hold whole words.
type Pattern struct {
	Service string // "" is any
	Parts   []string
}

// Taken tells how much of what matches a source handed over.
type Taken struct {
	Handed   int
	Total    int64 // that match, -1 when that is not known
	More     bool  // more match than were handed over
	Since    int64 // all that match from this moment on were handed over; the window's start unless More
	Sampled  bool  // of More: those that were are a random sample of the window, and Since tells nothing
	Gaps     []Gap
	Warnings []string
	Searched Searched
}

// ErrorCounts is how many error logs there are, by slots of time: slot i lies
// from edge i to before edge i+1.
type ErrorCounts struct {
	Of       [][]int64 // of each pattern; a log counts for the first one that fits it
	Errors   []int64   // of all error logs
	All      []int64   // of logs of any level: in a slot without any, nothing can be learnt
	Gaps     []Gap
	Warnings []string
}
