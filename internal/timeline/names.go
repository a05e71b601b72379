package timeline

// names number the services' names, 0 being the empty one, and note in which
// order the rows tell them.
type names struct {
	number map[string]int32
	list   []string
	told   []bool
	last   int32    // many records are from the same service as the one before
	order  []string // as told
}

func newNames() names {
	return names{number: map[string]int32{"": 0}, list: []string{""}, told: []bool{true}}
}

// of returns the name's number.
func (s *names) of(name string) int32 {
	if name == s.list[s.last] {
		return s.last
	}
	n, ok := s.number[name]
	if !ok {
		n = int32(len(s.list))
		s.number[name] = n
		s.list, s.told = append(s.list, name), append(s.told, false)
	}
	s.last = n
	return n
}

// tell notes that a row is of that service.
func (s *names) tell(number int32) {
	if !s.told[number] {
		s.told[number] = true
		s.order = append(s.order, s.list[number])
	}
}
