package bundle

import (
	"bufio"
	"errors"
	"os"
	"regexp"
	"strings"
)

// A part is a file of the bundle on its way.
type part struct {
	file *os.File
	w    *bufio.Writer
}

func newPart(name string) (*part, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &part{f, bufio.NewWriterSize(f, 256<<10)}, nil
}

// close makes sure that all of the part is on the disk.
func (p *part) close() error {
	err := p.w.Flush()
	if err == nil {
		err = p.file.Sync()
	}
	return errors.Join(err, p.file.Close())
}

// withoutUser takes the user information out of the URLs in a text.
func withoutUser(text string) string {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return text
	}
	return regexp.MustCompile(`(://)[^\s/?#"'<>]*@`).ReplaceAllString(text, "$1")
}
