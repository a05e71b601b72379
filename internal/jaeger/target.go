package jaeger

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"strings"
)

// Jaeger's ports.
const (
	grpcPort = "16685"
	httpPort = "16686"
)

// A target is one address to ask.
type target struct {
	grpc   bool
	secure bool
	host   string // with port
	path   string // the base path, without a slash at its end
	basic  string // the authorization header of the URL's user, if it has one
}

// parseTargets reads the address that the user gave. Its errors show nothing
// but the scheme, host and path.
func parseTargets(address string) ([]target, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return []target{{grpc: true, host: "localhost:" + grpcPort}, {host: "localhost:" + httpPort}}, nil
	}
	if !strings.Contains(address, "://") {
		scheme, err := guessScheme(address)
		if err != nil {
			return nil, err
		}
		address = scheme + "://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("its address is no URL like http://host:16686 or grpc://host:16685")
	}
	t, err := targetOf(u)
	return []target{t}, err
}

// guessScheme knows Jaeger's ports.
func guessScheme(address string) (string, error) {
	hostport, _, _ := strings.Cut(address, "/")
	hostport = hostport[strings.LastIndexByte(hostport, '@')+1:]
	switch _, port, _ := net.SplitHostPort(hostport); port {
	case grpcPort:
		return "grpc", nil
	case httpPort:
		return "http", nil
	}
	return "", fmt.Errorf("its address %q has no scheme: write http://… for the port of its UI (16686), or grpc://… for port 16685", hostport)
}

func targetOf(u *url.URL) (target, error) {
	t := target{host: u.Host, path: strings.TrimRight(u.EscapedPath(), "/")}
	var usual string // port
	switch u.Scheme {
	case "http":
		usual = "80"
	case "https":
		t.secure, usual = true, "443"
	case "grpc":
		t.grpc, usual = true, grpcPort
	case "grpcs":
		t.grpc, t.secure, usual = true, true, grpcPort
	default:
		return t, fmt.Errorf("its address has the scheme %q: it must be http, https, grpc or grpcs", u.Scheme)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return t, fmt.Errorf("its address at %s has a query or a fragment: only a path may follow the host", u.Host)
	}
	if t.grpc && t.path != "" {
		return t, fmt.Errorf("its address at %s has a path, which gRPC has not: %s", u.Host, t.path)
	}
	if u.Port() == "" {
		t.host = net.JoinHostPort(u.Hostname(), usual)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		t.basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
	}
	return t, nil
}

func (t target) open(headers map[string]string, secure *tls.Config) (server, error) {
	own := make(map[string]string, len(headers)+1)
	if t.basic != "" {
		own["authorization"] = t.basic
	}
	maps.Copy(own, headers)
	if t.grpc {
		return openGRPC(t, own, secure)
	}
	return openHTTP(t, own, secure), nil
}

// base is an HTTP target's URL without its user.
func (t target) base() string {
	if t.secure {
		return "https://" + t.host + t.path
	}
	return "http://" + t.host + t.path
}

// tlsConfig is what encrypted connections use.
func tlsConfig(cfg Config) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: cfg.Insecure}
	if len(cfg.CACert) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(cfg.CACert) {
			return nil, errors.New("the CA certificate holds no certificate in PEM")
		}
	}
	if len(cfg.ClientCert) > 0 || len(cfg.ClientKey) > 0 {
		pair, err := tls.X509KeyPair(cfg.ClientCert, cfg.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("the client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
