// Package otlp turns OTLP bytes, protobuf or JSON, into spans.
//
// It decodes by hand, straight into the compact structs: a trace of 100,000
// spans arrives as one message, and building the library's objects first
// would cost five times as much. Tests hold it to the library's decoders.
//
// Arrays and maps become the JSON that they print as; numbers that JSON does
// not have (NaN and the infinities) become strings in it. A span's trace state
// becomes its last attribute, w3c.tracestate, as Jaeger shows it. Jaeger's
// warnings leave the attributes for Span.Warnings.
package otlp

// maxDepth is how deep values may nest within values.
const maxDepth = 1000

// Attributes with a meaning of their own.
const (
	traceStateKey = "w3c.tracestate"
	warningsKey   = "@jaeger@warnings"
)
