package tui

import (
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
)

// leastLines is how many lines there are at least while all folds are closed.
func (s *scene) leastLines() int {
	n := len(s.tl.Rows) + len(s.tl.Silences) + len(s.folds)
	for i := range s.folds {
		f := &s.folds[i]
		n -= f.Spans + f.Logs + f.Events
	}
	return max(n, 0)
}

// layOut makes the lines anew.
func (s *scene) layOut() {
	if s.sift != nil {
		s.layOutKept()
		return
	}
	for i := range s.at {
		s.at[i] = nothing
	}
	s.lines = s.lines[:0]
	silences := 0
	begun := make([]bool, len(s.folds))
	rows := s.tl.Rows
	for i := int32(0); i < int32(len(rows)); {
		silences = s.silencesBefore(i, silences)
		r := &rows[i]
		if fold := s.into[i]; fold >= 0 && !s.opened[fold] {
			if !begun[fold] {
				begun[fold] = true
				s.lines = append(s.lines, line{row: i, fold: fold, silence: nothing, depth: r.Depth})
			}
			i += 1 + r.Subtree
			continue
		}
		s.at[i] = int32(len(s.lines))
		s.lines = append(s.lines, line{row: i, fold: nothing, silence: nothing, depth: r.Depth})
		if s.closed[i] {
			i += r.Subtree
		}
		i++
	}
	s.silencesBefore(int32(len(rows)), silences)
	s.linkLines()
}

// silencesBefore adds the silences that stand before a row, where the span that
// was silent is shown open.
func (s *scene) silencesBefore(row int32, next int) int {
	for ; next < len(s.tl.Silences) && s.tl.Silences[next].Before <= row; next++ {
		silence := &s.tl.Silences[next]
		if holder := s.holder(silence); holder >= 0 && s.at[holder] >= 0 && !s.closed[holder] {
			s.lines = append(s.lines, line{row: holder, fold: nothing, silence: int32(next), depth: silence.Depth})
		}
	}
	return next
}

// holder is the span that was silent.
func (s *scene) holder(silence *timeline.Silence) int32 {
	row := silence.Before - 1
	for row >= 0 && s.tl.Rows[row].Depth >= silence.Depth {
		row = s.tl.Rows[row].Parent
	}
	return row
}

// linkLines tells of each line whether another follows beneath the same row.
func (s *scene) linkLines() {
	var follows []bool // by depth
	for k := len(s.lines) - 1; k >= 0; k-- {
		depth := int(s.lines[k].depth)
		for len(follows) <= depth {
			follows = append(follows, false)
		}
		s.lines[k].more = follows[depth]
		follows[depth] = true
		follows = follows[:depth+1]
	}
}

// place says how a line hangs. Deeper than so many levels it says nothing of
// those above. It is good until the next call.
func (s *scene) place(k, levels int) render.Place {
	l := &s.lines[k]
	s.more = s.more[:0]
	at := render.Place{}
	if int(l.depth) <= levels {
		for range l.depth + 1 {
			s.more = append(s.more, false)
		}
		above := s.tl.Rows[l.row].Parent
		if l.silence >= 0 {
			above = l.row
		}
		for ; above >= 0; above = s.tl.Rows[above].Parent {
			s.more[s.tl.Rows[above].Depth] = s.at[above] >= 0 && s.lines[s.at[above]].more
		}
	}
	s.more = append(s.more[:min(int(l.depth), len(s.more))], l.more)
	at.More = s.more
	if l.silence < 0 && l.fold < 0 && s.closed[l.row] {
		at.Closed = s.beneath(l.row)
	}
	return at
}

// row is what a line shows; a fold's row is one of its own, and so
// is one that only leads to what a filter wants.
func (s *scene) row(k int) *timeline.Row {
	l := &s.lines[k]
	r := &s.tl.Rows[l.row]
	switch {
	case l.fold >= 0:
	case s.sift != nil && !s.sift.wanted[l.row]:
		leading := *r
		leading.Marks |= timeline.MarkLeads
		return &leading
	default:
		return r
	}
	folded := *r
	folded.Kind, folded.Fold, folded.Subtree = timeline.KindFold, &s.folds[l.fold], 0
	folded.Critical = folded.Fold.Critical
	return &folded
}

// beneath counts what a row leads to, once: it may be nearly all.
func (s *scene) beneath(row int32) *timeline.Fold {
	if f := s.hidden[row]; f != nil {
		return f
	}
	f := &timeline.Fold{}
	s.hidden[row] = f
	for i := row + 1; i <= row+s.tl.Rows[row].Subtree; i++ {
		f.Add(&s.tl.Rows[i])
	}
	return f
}
