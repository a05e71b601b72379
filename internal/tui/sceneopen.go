package tui

// line returns the line that shows a row, or what hides it.
func (s *scene) line(row int32) int {
	if row < 0 || len(s.lines) == 0 {
		return 0
	}
	for at := row; at >= 0; at = s.tl.Rows[at].Parent {
		if s.at[at] >= 0 {
			return int(s.at[at])
		}
		if fold := s.into[at]; fold >= 0 && s.sift == nil {
			if k := s.foldLine(fold); k >= 0 {
				return k
			}
		}
	}
	return s.before(row)
}

func (s *scene) foldLine(fold int32) int {
	for k := range s.lines {
		if s.lines[k].fold == fold {
			return k
		}
	}
	return nothing
}

// before returns the last line of the rows up to this one.
func (s *scene) before(row int32) int {
	last := 0
	for k := range s.lines {
		if s.lines[k].row > row {
			break
		}
		last = k
	}
	return last
}

// reveal opens all that hides a row, but takes no filter away.
func (s *scene) reveal(row int32) {
	changed := false
	for at := row; at >= 0; at = s.tl.Rows[at].Parent {
		if fold := s.into[at]; fold >= 0 && s.sift == nil && !s.opened[fold] {
			s.opened[fold], changed = true, true
		}
		if at != row && s.closed[at] {
			s.closed[at] = false
			changed = true
		}
	}
	if changed {
		s.layOut()
	}
}

// toggle opens what a line hides, or closes it. It reports false where there is
// nothing beneath.
func (s *scene) toggle(k int) bool {
	l := s.lines[k]
	switch r := &s.tl.Rows[l.row]; {
	case l.silence >= 0:
		return false
	case l.fold >= 0:
		s.opened[l.fold] = true
	case r.Subtree == 0:
		return false
	default:
		s.closed[l.row] = !s.closed[l.row]
	}
	s.layOut()
	return true
}

// closeAll hides what is beneath the spans, but leaves open what leads to
// errors.
func (s *scene) closeAll() {
	rows := s.tl.Rows
	failed := make([]bool, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		failed[i] = failed[i] || rows[i].IsError()
		if p := rows[i].Parent; p >= 0 && failed[i] {
			failed[p] = true
		}
		if rows[i].Subtree > 0 && rows[i].Depth > 0 && !failed[i] {
			s.closed[i] = true
		}
	}
	clear(s.opened)
	s.layOut()
}

// openAll shows every row.
func (s *scene) openAll() {
	clear(s.closed)
	for i := range s.opened {
		s.opened[i] = true
	}
	s.layOut()
}
