package triage

// findLost moves roots that say nothing, only because the span beneath them at
// which the failure began got lost, to the group that the lost one belongs to:
// its log came, and says what only that group's spans say.
func (b *builder) findLost() {
	if b.t.by == ByEntry {
		return
	}
	said := newBallot[int32]()
	for _, l := range b.lines {
		said.cast(l.speech, b.groupOf[l.root])
	}
	owners := said.winners()
	moved, torn := make(map[int32]int32), make(map[int32]bool)
	for i := range b.t.records {
		root, speech := b.joined[i], b.told.number(&b.t.voices.list[b.t.records[i].voice])
		c, ok := owners[speech]
		if root == none || !ok || c.group == none || c.share < sure || !b.mayHide(root, i) || b.made[c.group].Service != b.serviceOf(i) {
			continue
		}
		if was, ok := moved[root]; ok && was != c.group {
			torn[root] = true
		}
		moved[root] = c.group
		b.meant[root] = token{byLog, speech}
	}
	for root, g := range moved {
		if !torn[root] {
			b.groupOf[root] = g
		}
	}
}

// serviceOf is the service of a record when groups are told apart by services.
func (b *builder) serviceOf(record int) string {
	if b.t.by == ByClass {
		return ""
	}
	return b.t.words.list[b.t.voices.list[b.t.records[record].voice].service]
}

// mayHide reports whether a root may stand in for a lost span that a log names:
// it tells nothing itself, and is of that span's service or a call to it.
func (b *builder) mayHide(root int32, record int) bool {
	c, r := b.causeOf[root], &b.t.records[record]
	service := b.t.voices.list[r.voice].service
	if r.span == 0 || c.frames != 0 || c.said != silent || c.kind == Slow || c.expected || b.heard[root].record != none {
		return false
	}
	return c.service == service || c.kind == Unseen && c.callee == service
}
