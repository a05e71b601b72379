package redact

import (
	"regexp/syntax"
	"testing"
)

// What a header or an attribute is called says what its value is, whichever
// stands first.
func TestPairsInDocuments(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"name":"cookie","value":"sid=1"}`, `{"name":"cookie","value":"[redacted:secret]"}`},
		{`{"headers":[{"name":"Accept","value":"*/*"},{"name":"Set-Cookie","value":"sid=1; Path=/"}]}`, `{"headers":[{"name":"Accept","value":"*/*"},{"name":"Set-Cookie","value":"[redacted:secret]"}]}`},
		{`{"value":"abcd1234","key":"X-Api-Key"}`, `{"value":"[redacted:secret]","key":"X-Api-Key"}`},
		{`{"key":"http.request.header.authorization","value":{"arrayValue":{"values":[{"stringValue":"k3"}]}}}`, `{"key":"http.request.header.authorization","value":{"arrayValue":{"values":[{"stringValue":"[redacted:secret]"}]}}}`},
		{`{"name":"\u0063ookie","on":true,"values":["abc","def"]}`, `{"name":"\u0063ookie","on":true,"values":["[redacted:secret]","[redacted:secret]"]}`},
		{`{"name":"order","value":"ORD-17"}`, `{"name":"order","value":"ORD-17"}`},
		{`{"name":"cookie","path":"/","value":null}`, `{"name":"cookie","path":"/","value":null}`},
		{`{"name":"cookie","nested":{"value":"kept"}}`, `{"name":"cookie","nested":{"value":"kept"}}`},
		{`{"value":"kept"}`, `{"value":"kept"}`},
		{`[{"value":"kept"},{"name":"cookie"}]`, `[{"value":"kept"},{"name":"cookie"}]`},
	} {
		if got := string(redactor(t, Options{}).Document([]byte(tt.in))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// What stands in all that a pattern finds is known, and never more than that.
func TestWhatAPatternNeeds(t *testing.T) {
	for expr, want := range map[string]string{
		`\bCUST-[0-9]{6}\b`: "CUST-", `(?i)cust-[0-9]+`: "", `a|b`: "", `(CUST|ORD)-17`: "-17", `x*`: "", `(ab)+c`: "ab", `[0-9]+`: "",
		`(?:ab){2,}`: "ab", `(?:ab){0,2}c`: "c", `ab?cde`: "cde", `customer=(\w+)`: "customer=", `^$|z`: "", `(?i:a)bc`: "bc",
	} {
		re, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := needed(re.Simplify()); got != want {
			t.Errorf("%s needs %q, not %q", expr, got, want)
		}
	}
}

// A pattern finds the same with what it needs as without.
func FuzzPatternsFindTheSame(f *testing.F) {
	for _, seed := range [][2]string{{`\bCUST-[0-9]{6}\b`, "of CUST-123456, and"}, {`(a|bc)+d`, "xbcad"}, {`é{2,3}x?`, "ééé"}, {`(?i)key=(\w+)`, "KEY=abc"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		p, err := newPattern(expr)
		if err != nil {
			return
		}
		if p.re.MatchString(text) && !p.mayFind([]byte(text)) {
			t.Errorf("%q finds something in %q, which has no %q", expr, text, p.text)
		}
	})
}
