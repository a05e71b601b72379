// Package template finds the templates behind log messages: what a program
// wrote into its format string, with <*> for what varied.
//
// A Miner goes over each message once and keeps its form, in which what surely
// varies is a hole. Templates then merges forms that differ in words which look
// like variables too, or of which there are many at one place.
package template

// A Form is a message without what surely varies: numbers, IDs, addresses,
// quoted values. Messages of one form are counted together.
type Form int32

// A miner keeps no more forms, and no more bytes of them, than this. A message
// of a further form goes to one form for all of these, whose template is
// beyondText and has no parts; so which messages are in it depends on the order
// in which they came.
const (
	mostForms     = 100_000
	mostFormBytes = 64 << 20
	beyondText    = "\x00 (beyond the 100,000 forms that are told apart)"
)

// A Miner takes messages in one pass and keeps each form once. The zero value
// is ready to use.
type Miner struct {
	masker masker
	forms  map[string]Form
	kept   []kept
	bytes  int
	beyond Form // for what is beyond the limits; zero when there is no such form, else 1 more
}

// A kept form is one that a message had.
type kept struct {
	text string // with holes
	own  string // the template as the logger kept it; "" when it did not
}

// Add takes a message and returns its form.
func (m *Miner) Add(message string) Form {
	form := m.masker.mask(message)
	f, ok := m.forms[string(form)]
	if !ok {
		text := string(form)
		return m.keep(kept{text: text}, text)
	}
	return f
}

// AddTemplate takes the template that the logger itself kept, such as
// "Order {OrderId} failed", and returns its form. Such forms are never merged
// with others.
func (m *Miner) AddTemplate(own string) Form {
	own = own[:min(len(own), mostBytes)]
	key := ownKey + own
	if f, ok := m.forms[key]; ok {
		return f
	}
	return m.keep(kept{text: ownForm(own), own: own}, key)
}

// keep keeps a new form, unless there are too many.
func (m *Miner) keep(k kept, key string) Form {
	if m.forms == nil {
		m.forms = make(map[string]Form)
	}
	if len(m.forms) >= mostForms || m.bytes+len(k.text) > mostFormBytes {
		return m.keepBeyond()
	}
	f := Form(len(m.kept))
	m.forms[key] = f
	m.kept = append(m.kept, k)
	m.bytes += len(k.text)
	return f
}

// keepBeyond is the form for all that are not kept.
func (m *Miner) keepBeyond() Form {
	if m.beyond == 0 {
		m.kept = append(m.kept, kept{text: beyondText, own: beyondText})
		m.beyond = Form(len(m.kept))
	}
	return m.beyond - 1
}

// Forms is the number of forms.
func (m *Miner) Forms() int { return len(m.kept) }
