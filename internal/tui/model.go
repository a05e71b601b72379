package tui

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// A view is one screen of the stack.
type view interface {
	// begin asks for what the view shows.
	begin() tea.Cmd
	// update takes an answer or another message that is no key.
	update(msg tea.Msg) tea.Cmd
	// bindings are the view's keys. A list's own need no mention.
	bindings() []binding
	// other takes a key that no binding has.
	other(key string) tea.Cmd
	// crumb is the view's name in the breadcrumb.
	crumb() string
	// health tells how the sources answered, and how much they have.
	health() string
	// Render draws the view in so many columns and lines.
	Render(width, height int) []string
	// status is what is always seen: what is missing, how clocks are put.
	status(width int) string
	// request is the question that is under way.
	request() *request
	// leave takes back the last that was done within the view, a filter or
	// another tab; false where there is nothing of that kind.
	leave() bool
	// click and wheel are the mouse's.
	click(x, y int) tea.Cmd
	wheel(by int)
}

// A model is the whole screen: the stack of views, and what all share.
type model struct {
	ctx      context.Context
	opts     *Options
	paints   *paints
	state    State
	views    []view
	requests int // that were made so far
	width    int
	height   int
	prompt   *prompt
	help     *helpPage
	note     string // what was just done; the next key takes it away
	warn     bool   // it could not be done
	mouse    bool
	pressed  int // keys so far
	copiedAt int // the key that copied last, of these
	turn     int // how many copied one behind the other before it
	now      func() time.Time
	tick     func(after time.Duration) tea.Cmd // draws anew while something is waited for
}

func newModel(ctx context.Context, opts *Options) *model {
	m := &model{ctx: ctx, opts: opts, paints: newPaints(opts.Style), state: opts.State, width: 80, height: 24, now: time.Now, tick: ticking}
	m.views = []view{m.first()}
	if !opts.ID.IsZero() {
		m.views = []view{newTraceView(m, opts.ID)}
	} else if len(opts.Wants) > 0 {
		m.views = []view{newSearchView(m, termsOf(opts.Wants, opts.Scope))}
	}
	return m
}

// first is the view that a context begins with.
func (m *model) first() view { return newErrors(m) }

func (m *model) top() view { return m.views[len(m.views)-1] }

// push opens a view over the others.
func (m *model) push(v view) tea.Cmd {
	m.views = append(m.views, v)
	return v.begin()
}

// close gives up all that is under way.
func (m *model) close() {
	for _, v := range m.views {
		v.request().stop()
	}
}

// Init begins the first view.
func (m *model) Init() tea.Cmd { return m.top().begin() }

// Update takes a message. Nothing in it takes long.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		return m, nil
	case tea.KeyMsg:
		return m, m.key(msg)
	case tea.MouseMsg:
		return m, m.mouseEvent(msg)
	case tick:
		if m.top().request().cancel != nil {
			return m, m.tick(waitTurn)
		}
		return m, nil
	case done:
		m.say(msg)
		return m, nil
	case toldNames:
		m.takeNames(msg)
		return m, nil
	}
	var cmds []tea.Cmd
	for _, v := range m.views { // an answer may be for one that others stand on
		cmds = append(cmds, v.update(msg))
	}
	return m, tea.Batch(cmds...)
}

// done tells what was done, or why not.
type done struct {
	what string
	err  error
}

func (m *model) say(d done) {
	m.note, m.warn = d.what, d.err != nil
	if d.err != nil {
		m.note = strings.TrimPrefix(d.what+": ", ": ") + d.err.Error()
	}
}

// saying is a command that only tells.
func (m *model) saying(what string) tea.Cmd {
	m.note, m.warn = what, false
	return nil
}

// failing is a command that only tells what is not possible.
func (m *model) failing(why string) tea.Cmd {
	m.note, m.warn = why, true
	return nil
}

func (m *model) key(k tea.KeyMsg) tea.Cmd {
	if len(k.Runes) > 1 && !k.Paste { // typed so fast that they came together
		var cmds []tea.Cmd
		for _, r := range k.Runes {
			one := k
			one.Runes = []rune{r}
			cmds = append(cmds, m.key(one))
		}
		return tea.Batch(cmds...)
	}
	m.note = ""
	m.pressed++
	if m.prompt != nil {
		p := m.prompt
		cmd, stays := p.key(k)
		if !stays && m.prompt == p {
			m.prompt = nil
		}
		return cmd
	}
	key := k.String()
	if m.help != nil {
		if !m.help.key(key) {
			m.help = nil
		}
		return nil
	}
	if cmd, ok := press(m.bindings(), key); ok {
		return cmd
	}
	if cmd, ok := press(m.top().bindings(), key); ok {
		return cmd
	}
	return m.top().other(key)
}

// bindings are the keys that every view has.
func (m *model) bindings() []binding {
	return []binding{
		{keys: []string{"?"}, group: "everywhere", does: "these keys", hint: "help", do: m.openHelp},
		{keys: []string{":"}, group: "everywhere", does: "a command: " + commandNames(), do: m.openCommand},
		{keys: []string{"r"}, group: "everywhere", does: "ask the sources again", do: m.again},
		{keys: []string{"esc", "backspace"}, group: "everywhere", does: "back", do: m.back},
		{keys: []string{"M"}, group: "everywhere", does: "mouse on and off", do: m.toggleMouse},
		{keys: []string{"ctrl+c"}, group: "everywhere", does: "cancel what is under way; quit", do: m.interrupt},
		{keys: []string{"q"}, group: "everywhere", does: "quit", hint: "quit", do: func() tea.Cmd { return tea.Quit }},
		{keys: []string{"ctrl+z"}, group: "everywhere", does: "suspend", do: m.suspend},
	}
}

func (m *model) suspend() tea.Cmd {
	if m.opts.Alone {
		return m.failing("not suspended: there is no shell that would go on with it")
	}
	return tea.Suspend
}

// interrupt cancels the request that is under way; without one it quits.
func (m *model) interrupt() tea.Cmd {
	if m.top().request().stop() {
		return m.saying("cancelled: r asks again, ^c quits")
	}
	return tea.Quit
}

func (m *model) again() tea.Cmd { return m.top().begin() }

// back takes back what was done within the view, else leaves it.
func (m *model) back() tea.Cmd {
	switch {
	case m.top().leave():
	case len(m.views) == 1:
		return m.saying("q quits")
	default:
		m.top().request().stop()
		m.views = m.views[:len(m.views)-1]
	}
	return nil
}

func (m *model) toggleMouse() tea.Cmd {
	if m.mouse = !m.mouse; m.mouse {
		m.note = "mouse on: M gives it back to the terminal, for selecting text"
		return tea.EnableMouseCellMotion
	}
	m.note = "mouse off"
	return tea.DisableMouse
}

func (m *model) mouseEvent(e tea.MouseMsg) tea.Cmd {
	switch {
	case m.prompt != nil || m.help != nil:
	case e.Button == tea.MouseButtonWheelUp:
		m.top().wheel(-3)
	case e.Button == tea.MouseButtonWheelDown:
		m.top().wheel(3)
	case e.Button == tea.MouseButtonLeft && e.Action == tea.MouseActionPress:
		return m.top().click(e.X, e.Y-1)
	}
	return nil
}
