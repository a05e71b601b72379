package timeline

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A column is what the rows have under one key.
type column struct {
	key     string
	values  []string // each once, in small letters
	numbers []float64
	cells   []cell
}

type cell struct{ row, value int32 }

// holding returns the rows that meet a field.
func (x *Index) holding(f *Field) Set {
	s := newSet(len(x.facts))
	c := x.column(f.key)
	if c == nil {
		c = x.newColumn(f.key)
	}
	takes := make([]bool, len(c.values))
	for i, v := range c.values {
		if f.values != nil {
			takes[i] = slices.ContainsFunc(f.values, func(p Pattern) bool { return p.matches(v) })
		} else {
			takes[i] = c.numbers[i] >= f.low && c.numbers[i] <= f.high
		}
	}
	for _, cell := range c.cells {
		if takes[cell.value] {
			s.add(cell.row)
		}
	}
	if f.text != "" {
		s.or(x.saying(f.text))
	}
	return s
}

// column returns what was gathered before.
func (x *Index) column(key string) *column {
	x.mu.Lock()
	defer x.mu.Unlock()
	if i := slices.IndexFunc(x.columns, func(c *column) bool { return c.key == key }); i >= 0 {
		return x.columns[i]
	}
	return nil
}

// newColumn looks at every row for a key, some at a time.
func (x *Index) newColumn(key string) *column {
	parts := make([][]cellText, (len(x.facts)+chunkRows-1)/chunkRows)
	inParallel(len(parts), func(part int) {
		is := meaning(key)
		for i := part * chunkRows; i < min((part+1)*chunkRows, len(x.facts)); i++ {
			r := &x.tl.Rows[i]
			if r.Kind == KindMissing {
				continue
			}
			for v := range r.values(key, is) {
				parts[part] = append(parts[part], cellText{int32(i), strings.ToLower(v)})
			}
		}
	})
	c := &column{key: key}
	c.fill(parts)
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.columns) == mostColumns {
		x.columns = slices.Delete(x.columns, 0, 1)
	}
	x.columns = append(x.columns, c)
	return c
}

// meaning tells of names whether they mean the key. There are few names.
func meaning(key string) func(name string) bool {
	known := map[string]bool{}
	return func(name string) bool {
		is, ok := known[name]
		if !ok {
			is = means(name, key)
			known[name] = is
		}
		return is
	}
}

type cellText struct {
	row  int32
	text string
}

func (c *column) fill(parts [][]cellText) {
	values := newNames()
	for _, part := range parts {
		for _, t := range part {
			c.cells = append(c.cells, cell{t.row, values.of(t.text)})
		}
	}
	c.values = values.list
	c.numbers = make([]float64, len(c.values))
	for i, v := range c.values {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			n = math.NaN()
		}
		c.numbers[i] = n
	}
}
