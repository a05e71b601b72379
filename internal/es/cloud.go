package es

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// errCloudID explains without repeating: what was pasted may be an API key.
var errCloudID = errors.New("the cloud ID is none: it reads name:text, where the text is base64 of host$uuid$uuid")

// cloudURL is where a deployment of Elastic Cloud answers. Its ID holds the
// host and the deployment's own name in it, in base64 behind a label.
func cloudURL(id string) (string, error) {
	id = strings.TrimSpace(id)
	encoded := id[strings.LastIndexByte(id, ':')+1:]
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		decoded, err = base64.RawStdEncoding.DecodeString(encoded)
	}
	parts := strings.Split(string(decoded), "$")
	if err != nil || len(parts) < 2 || parts[1] == "" {
		return "", errCloudID
	}
	host, port, ok := strings.Cut(parts[0], ":")
	name, own, has := strings.Cut(parts[1], ":") // a part's own port comes before the host's
	switch {
	case has:
		port = own
	case !ok:
		port = "443"
	}
	u, err := url.Parse("https://" + name + "." + host + ":" + port)
	if err != nil || !hostName(u.Hostname()) || host == "" || u.Path != "" || u.User != nil {
		return "", errCloudID
	}
	return u.String(), nil
}

// hostName reports whether a text is made as names of hosts are.
func hostName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
