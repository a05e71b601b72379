package main

// A score is how well groups agree with the truth.
type score struct {
	ga, fga float64
	found   int // groups
}

func (s *score) add(o score) {
	s.ga += o.ga
	s.fga += o.fga
	s.found += o.found
}

// grade compares the group of each message with its event.
func grade(groups, truth []int) score {
	inGroup, inEvent, inBoth := map[int]int{}, map[int]int{}, map[[2]int]int{}
	for i, g := range groups {
		inGroup[g]++
		inEvent[truth[i]]++
		inBoth[[2]int{g, truth[i]}]++
	}
	messages, right := 0, 0
	for both, n := range inBoth {
		if n == inGroup[both[0]] && n == inEvent[both[1]] {
			messages += n
			right++
		}
	}
	return score{
		ga:    float64(messages) / float64(max(len(groups), 1)),
		fga:   2 * float64(right) / float64(max(len(inGroup)+len(inEvent), 1)),
		found: len(inGroup),
	}
}
