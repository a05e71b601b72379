package template

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkAdd(b *testing.B) {
	messages, _ := labelled(b)
	size := 0
	for _, s := range messages {
		size += len(s)
	}
	var m Miner
	for _, s := range messages {
		m.Add(s)
	}
	b.SetBytes(int64(size / len(messages)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Add(messages[i%len(messages)])
	}
}

// A stack behind the message costs nothing.
func BenchmarkAddStack(b *testing.B) {
	var m Miner
	s := mixed10()[3] + strings.Repeat("\n\tat com.acme.order.OrderService.place(OrderService.java:117)", 100)
	b.ReportAllocs()
	for b.Loop() {
		m.Add(s)
	}
}

func BenchmarkTemplates(b *testing.B) {
	for name, form := range map[string]func(i int) string{
		"words": func(i int) string {
			return fmt.Sprintf("user %s of %s failed in step %s", letters(i), letters(i/7), letters(i%90))
		},
		"unrelated": func(i int) string { return letters(i) + " " + letters(i*31) + " " + letters(i*17) + " " + letters(i*7) },
		"binary":    binary,
		"peeled":    func(i int) string { return peeled(i, 60) },
	} {
		b.Run(name, func(b *testing.B) {
			var m Miner
			for i := 0; m.Forms() < mostForms && i < 2*mostForms; i++ {
				m.Add(form(i))
			}
			b.ReportAllocs()
			for b.Loop() {
				m.Templates()
			}
			b.ReportMetric(float64(m.Forms()), "forms")
		})
	}
}

// binary differs from others in many places, by two words each.
func binary(i int) string {
	var s strings.Builder
	for bit := range 60 {
		fmt.Fprintf(&s, "%s%s ", letters(bit), []string{"xx", "yy"}[i*0x9e3779b1>>(bit%30)&1])
	}
	return s.String()
}

// peeled has one seldom word at one of the places.
func peeled(i, places int) string {
	words := strings.Split(strings.Repeat("same ", places), " ")
	words[i%places] = letters(i)
	words[(i/3)%places] = letters(i / 5)
	return strings.Join(words, " ")
}
