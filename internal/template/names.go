package template

// isName reports whether a word with digits is a name that has them in every
// message, such as x509 or Http2Exception, rather than an ID.
func isName(w string) bool {
	for w != "" {
		end := 0
		for end < len(w) && w[end] != '.' {
			end++
		}
		if !isNamePart(w[:end]) {
			return false
		}
		w = w[min(end+1, len(w)):]
	}
	return true
}

// isNamePart reports it of what stands between two dots.
func isNamePart(w string) bool {
	if isKnown(w) {
		return true
	}
	lower, digits := 0, 0
	for i := range len(w) {
		switch c := w[i]; {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= '0' && c <= '9':
			digits++
			if i == 0 || i+1 == len(w) || w[i+1] < 'A' || w[i+1] > 'Z' {
				return false
			}
		case (c < 'A' || c > 'Z') && c != '_' && c != '$' || i == 0 && c < 'A':
			return false
		}
	}
	return digits == 0 || digits == 1 && lower >= 4
}

// isKnown reports whether a word is one of the names with digits that errors
// are about.
func isKnown(w string) bool {
	switch w {
	case "base64", "ec2", "EC2", "float64", "http2", "HTTP2", "i18n", "int32", "int64", "IPv4", "IPv6", "ipv4", "ipv6", "k8s",
		"log4j", "md5", "MD5", "oauth2", "OAuth2", "S3", "s3", "sha1", "sha256", "SHA1", "SHA256", "SHA-1", "SHA-256", "slf4j",
		"socks5", "SOCKS5", "uint32", "uint64", "utf8", "UTF8", "utf-8", "UTF-8", "x509":
		return true
	}
	return false
}

// isUnit reports whether a word behind a number is the unit that the program
// chose for it: 3 KB, 12 ms.
func isUnit(w string) bool {
	switch w {
	case "B", "KB", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "ns", "us", "µs", "ms", "s", "sec", "secs", "AM", "PM":
		return true
	}
	return false
}

// isValue reports whether a word behind a key is a value and no name.
func isValue(w string) bool {
	switch w {
	case "true", "false", "True", "False", "TRUE", "FALSE", "null", "NULL", "nil", "None", "none", "undefined", "NaN":
		return true
	}
	return false
}

// isMonth reports whether a word is a month or a day of the week.
func isMonth(w []byte) bool {
	switch string(w) {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
		"January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December",
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

// dropMonth lets the hole that comes swallow the month and the day of the week
// that stand right before it.
func (m *masker) dropMonth() {
	for range 2 {
		end := len(m.out)
		for end > 0 && (joins(m.out[end-1]) && m.out[end-1] != ':') {
			end--
		}
		at := end
		for at > 0 && m.is[m.out[at-1]]&isLetter != 0 {
			at--
		}
		if end == len(m.out) || end-at < 3 || end-at > 9 || !isMonth(m.out[at:end]) {
			return
		}
		m.out = m.out[:at]
	}
}
