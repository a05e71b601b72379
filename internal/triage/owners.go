package triage

// A saying is a voice whose words were mined: what it says, of which error.
type saying struct{ speech, class, frames int32 }

func (b *builder) saying(v *voice) saying { return saying{b.told.number(v), v.class, v.frames} }

// A ballot finds the group that most of some logs belong to.
type ballot[K comparable] struct {
	all   map[K]int
	given map[vote[K]]int
}

type vote[K comparable] struct {
	of    K
	group int32
}

// A claim is a group that logs belong to, and which share of those that say the
// same and whose trace is known does.
type claim struct {
	group int32
	share float64
}

// sure is the share from which on what is said is one group's.
const sure = 0.9

func newBallot[K comparable]() *ballot[K] {
	return &ballot[K]{make(map[K]int), make(map[vote[K]]int)}
}

// cast counts a log of a failing trace, for its group if it has one.
func (v *ballot[K]) cast(of K, group int32) {
	v.all[of]++
	if group != none {
		v.given[vote[K]{of, group}]++
	}
}

// winners are the groups that have more than half of the votes each; where
// there is none, but votes, the claim is nobody's.
func (v *ballot[K]) winners() map[K]claim {
	won := make(map[K]claim)
	for vote, n := range v.given {
		if 2*n > v.all[vote.of] {
			won[vote.of] = claim{vote.group, float64(n) / float64(v.all[vote.of])}
		} else if _, ok := won[vote.of]; !ok {
			won[vote.of] = claim{group: none}
		}
	}
	return won
}

// owners tell whose the logs are that no trace ties to a group.
type owners struct {
	sayings  map[saying]claim
	speeches map[int32]claim
	surest   map[int32]claim // by trace: the best claim on any of its logs
	stacks   *meanings       // by speech: the only stack, and the only class
	alone    map[saying]int32
	lead     map[int32]int32 // by speech: the one that it goes together with
}

// findOwners lets logs follow those that say the same and whose trace is known.
func (b *builder) findOwners() *owners {
	sayings, speeches := newBallot[saying](), newBallot[int32]()
	for i := range b.t.records {
		if r := &b.t.records[i]; r.trace != none && b.t.failureOf[r.trace] != none {
			s := b.saying(&b.t.voices.list[r.voice])
			sayings.cast(s, b.tied(i))
			speeches.cast(s.speech, b.tied(i))
		}
	}
	o := &owners{
		sayings: sayings.winners(), speeches: speeches.winners(), surest: make(map[int32]claim),
		stacks: newMeanings(), alone: make(map[saying]int32), lead: b.together(),
	}
	b.findSurest(o)
	for i := range b.t.voices.list {
		s := b.saying(&b.t.voices.list[i])
		if s.frames != 0 {
			o.stacks.note(stackClue(s.speech, s.class), token{byFrames, s.frames})
			o.stacks.note(stackClue(s.speech, 0), token{byFrames, s.frames})
		}
		if s.class != 0 {
			o.stacks.note(classClue(s.speech), token{byMessage, s.class})
		}
	}
	return o
}

// findSurest finds of each trace that is not there the group that its logs
// claim most surely: some say what only one cause makes them say, and others,
// as a gateway's, what any does.
func (b *builder) findSurest(o *owners) {
	for i := range b.t.records {
		r := &b.t.records[i]
		if r.trace == none || b.t.failureOf[r.trace] != none {
			continue
		}
		c, ok := o.claim(b.saying(&b.t.voices.list[r.voice]))
		was, known := o.surest[r.trace]
		if ok && c.group != none && (!known || c.share > was.share || c.share == was.share && b.made[c.group].ID < b.made[was.group].ID) {
			o.surest[r.trace] = c
		}
	}
}

// claim is that on what a log says. It is ok though nobody's where groups
// share it.
func (o *owners) claim(s saying) (c claim, ok bool) {
	if c, ok = o.sayings[s]; ok {
		return c, true
	}
	c, ok = o.speeches[s.speech]
	return c, ok
}

func stackClue(speech, class int32) clue {
	return clue{family{class: class}, token{byFrames, speech}}
}

func classClue(speech int32) clue { return clue{token: token{byLog, speech}} }

// tied is the group that a record's trace ties it to, or none.
func (b *builder) tied(record int) int32 {
	root := b.joined[record]
	if root == none || b.made[b.groupOf[root]].Traces == 0 {
		return none
	}
	return b.groupOf[root]
}

// owner is the group of a record: its trace's, else that of most logs that say
// the same or that other logs of its trace are sure of, else one of logs alone.
func (b *builder) owner(o *owners, record int) int32 {
	if g := b.tied(record); g != none {
		return g
	}
	s := b.saying(&b.t.voices.list[b.t.records[record].voice])
	if c, ok := o.claim(s); ok {
		if other, there := o.surest[b.t.records[record].trace]; there && c.share < sure && other.share > c.share {
			return other.group
		}
		if c.group != none {
			return c.group
		}
	}
	if lead, ok := o.lead[s.speech]; ok {
		s = saying{speech: lead}
	}
	g, ok := o.alone[s]
	if !ok {
		g = b.logsAlone(o.whole(s))
		o.alone[s] = g
	}
	return g
}

// whole adds to what a log says what others that say it have beside: its
// error's only class, and its only stack.
func (o *owners) whole(s saying) saying {
	if s.class == 0 {
		s.class = o.stacks.of(classClue(s.speech)).n
	}
	if s.frames == 0 {
		s.frames = o.stacks.of(stackClue(s.speech, s.class)).n
	}
	return s
}

// logsAlone is the group of logs that belong to no failing trace.
func (b *builder) logsAlone(s saying) int32 {
	words := b.t.words.list
	service, class := b.told.service(s.speech), words[s.class]
	k := key{kind: LogOnly}
	switch b.t.by {
	case ByService, ByOperation:
		k = key{service: service}
	case ByClass:
		k = key{class: class}
	case ByEntry:
		k = key{}
	default:
		k.service, k.class, k.detail = service, class, b.told.text(s.speech)
		if s.frames != 0 {
			k.detail = b.t.stacks.lists.list[s.frames]
		}
	}
	g := b.group(k)
	if b.t.by == ByCause {
		b.made[g].Frames = b.t.stacks.frames[s.frames]
	}
	b.made[g].spanKind[LogOnly] = true
	return g
}
