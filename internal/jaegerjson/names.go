package jaegerjson

// names are texts that the spans have in common: the keys of tags and the
// names of operations.
type names map[string]string

// mostNames bounds what a trace costs that has a name for every span.
const mostNames = 4096

func (n names) add(name string) string {
	if len(n) < mostNames {
		n[name] = name
	}
	return name
}
