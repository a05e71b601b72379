package redact

import "bytes"

// jwt takes a JSON Web Token: three parts in base64 of which the first begins
// as a JSON object does. The last may be empty, as an unsigned one's is.
func (s *scan) jwt(i int) int {
	from := i - 2
	if from < s.kept || s.text[from] != 'e' || s.text[from+1] != 'y' || from > 0 && isBase64(s.text[from-1]) {
		return i + 1
	}
	end := i
	for dots := 0; end < len(s.text) && (isBase64(s.text[end]) || s.text[end] == '.' && dots < 4); end++ {
		if s.text[end] == '.' {
			dots++
		}
	}
	for end > i && s.text[end-1] == '.' {
		end--
	}
	if bytes.Count(s.text[from:end], []byte(".")) == 0 || end-from < 20 {
		return i + 1
	}
	return s.take(Token, from, end)
}

// isBase64 reports whether a byte is of base64 as URLs have it.
func isBase64(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

// cloudKey takes the ID of one of AWS's access keys.
func (s *scan) cloudKey(i int) int {
	const size = 20
	from := i - 2
	if from < s.kept || from+size > len(s.text) || s.text[from] != 'A' || from > 0 && isAlnum(s.text[from-1]) {
		return i + 1
	}
	if key := s.text[from : from+4]; string(key) != "AKIA" && string(key) != "ASIA" {
		return i + 1
	}
	for _, c := range s.text[from+4 : from+size] {
		if c-'A' >= 26 && !isDigit(c) {
			return i + 1
		}
	}
	if from+size < len(s.text) && isAlnum(s.text[from+size]) {
		return i + 1
	}
	return s.take(Key, from, from+size)
}

// credentials takes what stands behind Bearer and Basic.
func (s *scan) credentials(i int) int {
	if i > 0 && isAlnum(s.text[i-1]) {
		return i + 1
	}
	for _, scheme := range [...]string{"bearer ", "basic "} {
		from := i + len(scheme)
		if from > len(s.text) || !bytes.EqualFold(s.text[i:from], []byte(scheme)) {
			continue
		}
		to, telling := from, false
		for to < len(s.text) && (isBase64(s.text[to]) || bytes.IndexByte([]byte("+/=.~:"), s.text[to]) >= 0) {
			telling = telling || isDigit(s.text[to]) || s.text[to]-'A' < 26 || s.text[to] == '='
			to++
		}
		if to-from >= 8 && telling && to-from < 8192 { // words of a sentence have neither
			return s.take(Token, from, to)
		}
	}
	return i + 1
}

// forges are what the tokens of code hosts begin with, and how many characters
// follow at least.
var forges = []struct {
	begins string
	least  int
}{{"ghp_", 30}, {"gho_", 30}, {"ghs_", 30}, {"ghu_", 30}, {"github_pat_", 30}, {"glpat-", 18}}

// forgeToken takes a token that says itself whose it is.
func (s *scan) forgeToken(i int) int {
	if i > 0 && isAlnum(s.text[i-1]) {
		return i + 1
	}
	for _, f := range forges {
		if !bytes.HasPrefix(s.text[i:], []byte(f.begins)) {
			continue
		}
		to := i + len(f.begins)
		for to < len(s.text) && isBase64(s.text[to]) {
			to++
		}
		if to-i-len(f.begins) >= f.least {
			return s.take(Token, i, to)
		}
	}
	return i + 1
}

// pem takes a private key with the lines around it; to the text's end where its
// own was cut off.
func (s *scan) pem(i int) int {
	const begin, end = "-----BEGIN ", "-----END "
	if !bytes.HasPrefix(s.text[i:], []byte(begin)) {
		return i + 1
	}
	title, _, ok := bytes.Cut(s.text[i+len(begin):min(len(s.text), i+len(begin)+60)], []byte("-----"))
	if !ok || !bytes.HasSuffix(title, []byte("PRIVATE KEY")) && !bytes.HasSuffix(title, []byte("PRIVATE KEY BLOCK")) {
		return i + 1
	}
	to := len(s.text)
	if at := bytes.Index(s.text[i:], []byte(end+string(title)+"-----")); at >= 0 {
		to = i + at + len(end) + len(title) + len("-----")
	}
	return s.take(Key, i, to)
}
