package otlp

import (
	"slices"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// takeWarnings splits what Jaeger says of a span from its attributes.
func takeWarnings(attrs []trace.Attribute) (rest []trace.Attribute, warnings []string) {
	for i := range attrs {
		if len(attrs[i].Key) == len(warningsKey) && attrs[i].Key == warningsKey {
			return takeWarningsFrom(attrs)
		}
	}
	return attrs, nil
}

func takeWarningsFrom(attrs []trace.Attribute) (rest []trace.Attribute, warnings []string) {
	for _, a := range attrs {
		if a.Key == warningsKey {
			warnings = append(warnings, adjusted.Texts(a.Value.Text())...)
		}
	}
	rest = slices.DeleteFunc(attrs, func(a trace.Attribute) bool { return a.Key == warningsKey })
	if len(rest) == 0 {
		return nil, warnings
	}
	return rest, warnings
}
