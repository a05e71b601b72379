package wild

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A filler writes what varies into the texts of one trace.
type filler struct {
	rng  *rand.Rand
	same map[string]string
}

// fill replaces what stands in braces: a number {n}, an ID {uuid} {hex} or {short}, a pod's name {pod}, an
// address {ip}, a name {who}, one of some {a|b}, one of many words {word}, a
// long text {long}; with a hash in front what was first put there in the trace: {#n}.
func (f *filler) fill(text string) string {
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	text = strings.ReplaceAll(text, `\n`, "\n")
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(f.value(name))
		text = after
	}
}

func (f *filler) value(name string) string {
	if kind, ok := strings.CutPrefix(name, "#"); ok {
		if f.same[name] == "" {
			f.same[name] = f.value(kind)
		}
		return f.same[name]
	}
	if strings.Contains(name, "|") {
		list := strings.Split(name, "|")
		return list[f.rng.IntN(len(list))]
	}
	switch strings.TrimRight(name, "0123456789") {
	case "n":
		return strconv.Itoa(f.rng.IntN(1_000_000))
	case "uuid":
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", f.rng.Uint32(), f.rng.IntN(1<<16), f.rng.IntN(1<<12), f.rng.IntN(1<<12), f.rng.Uint64N(1<<48))
	case "hex":
		return fmt.Sprintf("%016x", f.rng.Uint64())
	case "short":
		return fmt.Sprintf("%08x", f.rng.Uint32())
	case "pod":
		return f.letters(9) + "-" + f.letters(5)
	case "ip":
		return fmt.Sprintf("10.%d.%d.%d", f.rng.IntN(4), f.rng.IntN(256), 1+f.rng.IntN(254))
	case "who":
		return pick(f.rng, firstNames) + " " + pick(f.rng, lastNames)
	case "word":
		return f.word()
	case "long":
		return strings.TrimSpace(strings.Repeat("the item "+strconv.Itoa(f.rng.IntN(1e6))+" is not there; ", 300))
	case "{", "o": // an opening brace itself
		return "{"
	case "c":
		return "}"
	}
	panic("no such thing to fill in: " + name)
}

// letters are of those that Kubernetes makes names of.
func (f *filler) letters(n int) string {
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[f.rng.IntN(len(alphabet))]
	}
	return string(b)
}

// word makes a word that nobody wrote into a program.
func (f *filler) word() string {
	var b strings.Builder
	for range 2 + f.rng.IntN(3) {
		b.WriteByte("bcdfgklmnprstvz"[f.rng.IntN(15)])
		b.WriteByte("aeiou"[f.rng.IntN(5)])
	}
	return b.String()
}

func pick(rng *rand.Rand, list string) string {
	words := strings.Fields(list)
	return words[rng.IntN(len(words))]
}

const (
	firstNames = "Ada Bo Chen Dana Elif Femi Grace Hana Ivan Jun Kofi Lena Mia Noor Olu Priya Quinn Rosa Sven Tomas Uma Vera Wei Xena Yara Zoe"
	lastNames  = "Abe Braun Costa Diaz Eze Frei Gupta Haas Ito Jones Kaya Lopez Meyer Nowak Okoye Park Quist Rossi Silva Toth Ueda Vogel Wang Xu Young Zhao"
)
