package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otrace/otrace/internal/safe"
)

// Redacted stands where a secret is not shown.
const Redacted = "REDACTED"

// A Secret is where a secret is to be had: one of an environment variable, a
// file, and a command that prints it; or the secret itself, which is never
// printed. The zero Secret is none.
type Secret struct {
	Env     string
	File    string
	Command string
	plain   string
	open    bool // plain is none, and may be shown
}

// source is a Secret as it is written, unless it is a plain text.
type source struct {
	Env     string `yaml:"env,omitempty" json:"env,omitzero"`
	File    string `yaml:"file,omitempty" json:"file,omitzero"`
	Command string `yaml:"command,omitempty" json:"command,omitzero"`
}

const noSource = "a secret must be one of {env: NAME}, {file: PATH} and {command: …}, or the secret itself"

// IsZero reports whether there is none.
func (s Secret) IsZero() bool { return s == Secret{} }

// String says where the secret comes from, and never what it is.
func (s Secret) String() string {
	switch {
	case s.Env != "":
		return "environment " + s.Env
	case s.File != "":
		return "file " + s.File
	case s.Command != "":
		return "a command"
	case s.plain != "":
		return Redacted
	}
	return ""
}

// GoString keeps the secret from the most thorough of formats, too.
func (s Secret) GoString() string { return s.String() }

// UnmarshalYAML reads a secret in any of its forms. Its errors show none of it.
func (s *Secret) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			return wrong(n, "a secret that begins with ! must stand in quotes")
		}
		s.plain = n.Value
		return nil
	case yaml.MappingNode:
	default:
		return wrong(n, noSource)
	}
	var from map[string]string
	if n.Decode(&from) != nil || len(from) != 1 {
		return wrong(n, noSource)
	}
	*s = Secret{Env: from["env"], File: from["file"], Command: from["command"]}
	if s.IsZero() {
		return wrong(n, noSource)
	}
	return nil
}

// shown is the secret as it may be written down.
func (s Secret) shown() any {
	switch {
	case s.open:
		return s.plain
	case s.plain != "":
		return Redacted
	}
	return source{s.Env, s.File, s.Command}
}

// MarshalYAML writes where the secret comes from, and REDACTED for itself.
func (s Secret) MarshalYAML() (any, error) { return s.shown(), nil }

// MarshalJSON does the same.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown()) }

// Reveal gets the secret. Relative paths are meant from the folder of the
// configuration file. Its errors show nothing that could be the secret.
func (s Secret) Reveal(ctx context.Context, file string, getenv func(string) string) (string, error) {
	switch {
	case s.Env != "":
		if v := strings.TrimSpace(getenv(s.Env)); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("the environment variable %s is not set", s.Env)
	case s.File != "":
		return readSecret(beside(file, s.File, getenv))
	case s.Command != "":
		return runForSecret(ctx, s.Command)
	}
	return s.plain, nil
}

// longestSecret is the most that is read of one, in bytes.
const longestSecret = 64 << 10

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, longestSecret+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > longestSecret:
		return "", fmt.Errorf("%s is too large for a secret", path)
	}
	secret := strings.TrimSpace(string(bytes.TrimPrefix(data, byteOrderMark)))
	if secret == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return secret, nil
}

// afterEnd is how long a command that was stopped, or whose children hold its
// output open, is still waited for.
const afterEnd = 50 * time.Millisecond

// runForSecret runs a command of the user's. What it prints is the secret;
// what it says on stderr is told when it fails.
func runForSecret(ctx context.Context, command string) (string, error) {
	cmd := shell(ctx, command)
	cmd.WaitDelay = afterEnd
	var out, said limited
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well and left somebody behind
	}
	secret := strings.TrimSpace(out.String())
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("its command had not ended when the time was up: %w", ctx.Err())
	case err != nil:
		return "", fmt.Errorf("its command failed: %w%s", err, said.told())
	case out.full:
		return "", errors.New("its command prints too much for a secret")
	case secret == "":
		return "", errors.New("its command prints nothing" + said.told())
	}
	return secret, nil
}

// A limited buffer keeps the beginning of what is written to it.
type limited struct {
	bytes.Buffer
	full bool
}

// Write never fails: the writer need not know that nobody listens any more.
func (l *limited) Write(p []byte) (int, error) {
	room := max(longestSecret-l.Len(), 0)
	l.full = l.full || len(p) > room
	l.Buffer.Write(p[:min(len(p), room)])
	return len(p), nil
}

// told is what a command said, harmless and short.
func (l *limited) told() string {
	text := []rune(safe.Of(strings.Join(strings.Fields(l.String()), " ")).String())
	if len(text) == 0 {
		return ""
	}
	if len(text) > 300 {
		text = append(text[:300], '…')
	}
	return ": " + string(text)
}
