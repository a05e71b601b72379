package es

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is configured is what a server gets to see.
func TestWhatIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*Config)
		auth, path string
	}{
		"nothing":        {func(*Config) {}, "", "/*"},
		"basic":          {func(c *Config) { c.Username, c.Password = "u", "p:w" }, "Basic dTpwOnc=", "/*"},
		"URL":            {func(c *Config) { c.URLs[0] = strings.Replace(c.URLs[0], "://", "://u:p%40w@", 1) }, "Basic dTpwQHc=", "/*"},
		"API key":        {func(c *Config) { c.APIKey = "id:key" }, "ApiKey aWQ6a2V5", "/*"},
		"encoded key":    {func(c *Config) { c.APIKey = "aWQ6a2V5" }, "ApiKey aWQ6a2V5", "/*"},
		"bearer":         {func(c *Config) { c.Token = "t0k" }, "Bearer t0k", "/*"},
		"prefix":         {func(c *Config) { c.URLs[0] += "/es/eu/" }, "", "/es/eu/*"},
		"another's node": {func(c *Config) { c.URLs = []string{"http://127.0.0.1:1", c.URLs[0]}; c.Token = "t0k" }, "Bearer t0k", "/*"},
		"index":          {func(c *Config) { c.Indices = []string{"a-*"} }, "", "/a-*"},
	} {
		f := newFakeES(t, 35)
		var paths, auths []string
		f.before = func(kind string, _ int, _ http.ResponseWriter, r *http.Request) bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			if auths = union(auths, []string{r.Header.Get("Authorization")}); kind == "search" {
				paths = append(paths, r.URL.Path)
			}
			if r.Header.Get("User-Agent") != "otrace" {
				t.Errorf("%s: as %q", name, r.Header.Get("User-Agent"))
			}
			return false
		}
		ev, err := f.logs(t, t.Context(), c.change)
		f.whole(t, ev, err)
		if len(auths) != 1 || auths[0] != c.auth || len(paths) != 1 || !strings.HasPrefix(paths[0], c.path) {
			t.Errorf("%s: %q to %q, want %q to %q", name, auths, paths, c.auth, c.path)
		}
	}
}

// A certificate is believed by its authority, by its fingerprint, and by
// nothing else.
func TestTLS(t *testing.T) {
	f := newFakeES(t, 35)
	secure := httptest.NewTLSServer(f.Config.Handler)
	defer secure.Close()
	cert := secure.Certificate()
	sum := sha256.Sum256(cert.Raw)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	for name, change := range map[string]func(*Config){
		"authority":              func(c *Config) { c.CACert = ca },
		"fingerprint":            func(c *Config) { c.Fingerprint = hex.EncodeToString(sum[:]) },
		"fingerprint as openssl": func(c *Config) { c.Fingerprint = strings.ToUpper(fmt.Sprintf("% x", sum)) },
		"insecure":               func(c *Config) { c.Insecure = true },
	} {
		ev, err := f.logs(t, t.Context(), func(c *Config) {
			c.URLs = []string{secure.URL}
			change(c)
		})
		if f.whole(t, ev, err); t.Failed() {
			t.Fatal(name)
		}
	}
}

// A cloud ID is a host; what is none is not repeated.
func TestCloudID(t *testing.T) {
	id := func(text string) string { return "my-deployment:" + base64.StdEncoding.EncodeToString([]byte(text)) }
	for cloud, want := range map[string]string{
		id("eu-west-1.aws.found.io$0123abcd$4567ef"):      "https://0123abcd.eu-west-1.aws.found.io:443",
		id("eu.found.io:9243$0123abcd$"):                  "https://0123abcd.eu.found.io:9243",
		id("eu.found.io$0123abcd:9244$k"):                 "https://0123abcd.eu.found.io:9244",
		" a:b:" + id("eu.found.io$0123abcd") + " ":        "https://0123abcd.eu.found.io:443",
		strings.TrimRight(id("eu.found.io$01$2"), "=")[:]: "https://01.eu.found.io:443",
	} {
		var host string
		c, err := New(Config{CloudID: cloud, APIKey: "k", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			host = r.URL.Scheme + "://" + r.URL.Host + " " + r.Header.Get("Authorization")
			return nil, http.ErrHandlerTimeout
		})})
		if err != nil {
			t.Errorf("%s: %v", cloud, err)
			continue
		}
		c.net.wait = nil
		_, _ = c.net.once(t.Context(), plainRequest{method: http.MethodGet, path: "/"})
		if host != want+" ApiKey k" {
			t.Errorf("%s: %s", cloud, host)
		}
	}
	for _, bad := range []string{"s3cret", "a:s3cret", id("s3cret"), id("$s3cret"), id("ho/st$s3cret$"), id("host$s3cret@evil$"), id("host:9x$s3cret"), id("host$"), "a:" + strings.Repeat("s3cret", 99)} {
		_, err := New(Config{CloudID: bad})
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.HasPrefix(err.Error(), "elasticsearch: the cloud ID") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
