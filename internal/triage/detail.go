package triage

// A token is what tells causes of one family apart: what was said, by the most
// telling of the ways in which it was.
type token struct {
	by tokenBy
	n  int32
}

type tokenBy uint8

const (
	byNothing tokenBy = iota
	byFrames          // by the triage's stacks
	byMessage         // by the templates of the service's spans
	byLog             // by the speeches of error logs
)

// A family is all roots that agree in everything but what was said.
type family struct {
	kind                              Kind
	expected                          bool
	service, operation, class, callee int32
}

// familyOf is a cause's family.
func familyOf(c *cause) family {
	return family{c.kind, c.expected, c.service, c.operation, c.class, c.peer}
}

// A clue is something that was said in a family.
type clue struct {
	family family
	token
}

// meanings are the details that clues were found together with, as long as
// that is one only.
type meanings struct {
	one  map[clue]token
	many map[clue]bool
}

func newMeanings() *meanings {
	return &meanings{make(map[clue]token), make(map[clue]bool)}
}

func (m *meanings) note(c clue, is token) {
	if was, ok := m.one[c]; ok && was != is {
		m.many[c] = true
	}
	m.one[c] = is
}

// of is what a clue means, byNothing when that is not known.
func (m *meanings) of(c clue) token {
	if m.many[c] {
		return token{}
	}
	return m.one[c]
}

// settleDetails decides for each root by what it is told from others of its
// family. One cause must not become two because a stack or a log got lost: what
// a root lacks is taken from those that said the same and lack nothing.
func (b *builder) settleDetails() {
	said, whole := newMeanings(), newMeanings()
	b.eachRoot(func(root int32, c *cause, f family) {
		if frames := b.framesAt(root, c); frames != 0 {
			said.note(clue{f, b.message(c)}, token{byFrames, frames})
		}
	})
	heard := newMeanings()
	b.eachRoot(func(root int32, c *cause, f family) {
		message := b.message(c)
		is := message
		if frames := b.framesAt(root, c); frames != 0 {
			is = token{byFrames, frames}
		} else if message.by != byNothing {
			if frames := said.of(clue{f, message}); frames.by != byNothing {
				is = frames
			}
		}
		if b.meant[root] = is; is.by != byNothing {
			whole.note(clue{family: f}, is)
		}
	})
	for _, l := range b.lines {
		if is := b.meant[l.root]; is.by != byNothing {
			heard.note(clue{familyOf(b.causeOf[l.root]), token{byLog, l.speech}}, is)
		}
	}
	b.fromLogs(heard, whole)
}

// fromLogs settles the roots that say nothing themselves: by their logs, else
// as the only detail that their family has.
func (b *builder) fromLogs(heard, whole *meanings) {
	hints := b.hints(heard)
	b.eachRoot(func(root int32, _ *cause, f family) {
		log := b.log(root)
		if b.meant[root].by != byNothing || log.by == byNothing {
			return
		}
		b.meant[root] = log
		if is := hints[root]; is.by != byNothing {
			b.meant[root] = is
		}
	})
	b.eachRoot(func(root int32, _ *cause, f family) {
		if b.meant[root].by == byLog {
			whole.note(clue{family: f}, b.meant[root])
		}
	})
	b.eachRoot(func(root int32, _ *cause, f family) {
		if b.meant[root].by == byNothing {
			b.meant[root] = whole.of(clue{family: f})
		}
	})
}

// hints are what the lines of roots that say nothing themselves mean elsewhere,
// as far as they do not contradict each other.
func (b *builder) hints(heard *meanings) map[int32]token {
	hints, torn := make(map[int32]token), make(map[int32]bool)
	for _, l := range b.lines {
		if b.meant[l.root].by != byNothing || b.causeOf[l.root].kind == Slow {
			continue
		}
		is := heard.of(clue{familyOf(b.causeOf[l.root]), token{byLog, l.speech}})
		if is.by == byNothing {
			continue
		}
		if was, ok := hints[l.root]; ok && was != is {
			torn[l.root] = true
		}
		hints[l.root] = is
	}
	for root := range torn {
		delete(hints, root)
	}
	return hints
}

// eachRoot goes over the roots of all failing traces.
func (b *builder) eachRoot(do func(root int32, c *cause, f family)) {
	for i, c := range b.causeOf {
		do(int32(i), c, familyOf(c))
	}
}

// framesAt is a root's stack, by its span or by the log of that.
func (b *builder) framesAt(root int32, c *cause) int32 {
	if c.frames != 0 || c.kind == Slow {
		return c.frames
	}
	return b.heard[root].frames
}

func (b *builder) message(c *cause) token {
	if c.said == silent {
		return token{}
	}
	return token{byMessage, int32(b.said[c.service].Of(c.said))}
}

// log is what the log of the failing span says. That a callee is slow is all
// that there is to say of it.
func (b *builder) log(root int32) token {
	h := &b.heard[root]
	if h.speech == none || b.causeOf[root].kind == Slow {
		return token{}
	}
	return token{byLog, h.speech}
}
