package tui

// A list is the part of many rows that a screen shows: which one the cursor is
// on, and which is at the top. It holds no rows.
type list struct {
	rows, height int
	cursor, top  int
}

// resize tells how many rows there are, and how many have room.
func (l *list) resize(rows, height int) {
	l.rows, l.height = rows, max(height, 1)
	l.move(l.cursor)
}

// move puts the cursor on a row, or on the nearest that there is, and the top
// so that it is seen.
func (l *list) move(to int) {
	l.height = max(l.height, 1)
	l.cursor = max(min(to, l.rows-1), 0)
	l.top = max(min(l.top, l.cursor, l.rows-l.height), l.cursor-l.height+1, 0)
}

// center puts the cursor on a row and shows what is around it, unless it is
// seen already.
func (l *list) center(to int) {
	if to < l.top || to >= l.top+l.height {
		l.top = to - l.height/3
	}
	l.move(to)
}

// end is one past the last row that is seen.
func (l *list) end() int { return min(l.top+l.height, l.rows) }

// jump moves by one of the keys that all lists know.
func (l *list) jump(key string) bool {
	switch key {
	case "j", "down":
		l.move(l.cursor + 1)
	case "k", "up":
		l.move(l.cursor - 1)
	case "ctrl+d":
		l.move(l.cursor + l.height/2)
	case "ctrl+u":
		l.move(l.cursor - l.height/2)
	case "pgdown", "ctrl+f":
		l.move(l.cursor + l.height)
	case "pgup", "ctrl+b":
		l.move(l.cursor - l.height)
	case "g", "home":
		l.move(0)
	case "G", "end":
		l.move(l.rows - 1)
	default:
		return false
	}
	return true
}

// scroll moves by the same keys in a text, which has no cursor.
func (l *list) scroll(key string) bool {
	to := *l
	to.cursor = l.top
	if !to.jump(key) {
		return false
	}
	l.scrollTo(to.cursor)
	return true
}

// scrollTo shows a text from a line on.
func (l *list) scrollTo(top int) {
	l.top = max(min(top, l.rows-l.height), 0)
	l.cursor = l.top
}

// fill tells how many lines a text has, and how many have room.
func (l *list) fill(lines, height int) {
	l.rows, l.height = lines, max(height, 1)
	l.scrollTo(l.top)
}

// moving is what help tells of jump.
var moving = []binding{
	{keys: []string{"j", "down"}, group: "move", does: "next row"},
	{keys: []string{"k", "up"}, group: "move", does: "row before"},
	{keys: []string{"ctrl+d", "ctrl+u"}, group: "move", does: "half a page down, up"},
	{keys: []string{"pgdown", "pgup"}, group: "move", does: "a page down, up"},
	{keys: []string{"g", "G"}, group: "move", does: "first, last row"},
}
