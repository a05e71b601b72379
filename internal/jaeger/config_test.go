package jaeger

import (
	"fmt"
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"", "[{grpc:true secure:false host:localhost:16685 path: basic:} {grpc:false secure:false host:localhost:16686 path: basic:}]"},
		{" http://h:16686/ ", "[{grpc:false secure:false host:h:16686 path: basic:}]"},
		{"http://h", "[{grpc:false secure:false host:h:80 path: basic:}]"},
		{"https://h/a%20b/jaeger", "[{grpc:false secure:true host:h:443 path:/a%20b/jaeger basic:}]"},
		{"grpc://h", "[{grpc:true secure:false host:h:16685 path: basic:}]"},
		{"grpcs://[::1]", "[{grpc:true secure:true host:[::1]:16685 path: basic:}]"},
		{"h:16686", "[{grpc:false secure:false host:h:16686 path: basic:}]"},
		{"h:16686/jaeger", "[{grpc:false secure:false host:h:16686 path:/jaeger basic:}]"},
		{"h:16685", "[{grpc:true secure:false host:h:16685 path: basic:}]"},
	} {
		got, err := parseTargets(tt.url)
		if fmt.Sprintf("%+v", got) != tt.want || err != nil {
			t.Errorf("%q: %+v, %v\nwant %s", tt.url, got, err, tt.want)
		}
	}
}

func TestNewErrors(t *testing.T) {
	const secret = "s3cret"
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{URL: "h:9999"}, `jaeger: its address "h:9999" has no scheme: write http://… for the port of its UI (16686), or grpc://… for port 16685`},
		{Config{URL: "ann:s3cret@h:9999"}, `jaeger: its address "h:9999" has no scheme: write http://… for the port of its UI (16686), or grpc://… for port 16685`},
		{Config{URL: "ftp://ann:s3cret@h"}, `jaeger: its address has the scheme "ftp": it must be http, https, grpc or grpcs`},
		{Config{URL: "http://ann:s3cret@h:port"}, "jaeger: its address is no URL like http://host:16686 or grpc://host:16685"},
		{Config{URL: "http://"}, "jaeger: its address is no URL like http://host:16686 or grpc://host:16685"},
		{Config{URL: "http://ann:s3cret@h:1?token=s3cret"}, "jaeger: its address at h:1 has a query or a fragment: only a path may follow the host"},
		{Config{URL: "grpc://h/path"}, "jaeger: its address at h has a path, which gRPC has not: /path"},
		{Config{Token: "s3cret\n"}, "jaeger: the value of header authorization has a character that no header can hold"},
		{Config{Headers: map[string]string{"a b": secret}}, `jaeger: "a b" is no header name`},
		{Config{CACert: []byte(secret)}, "jaeger: the CA certificate holds no certificate in PEM"},
		{Config{ClientCert: []byte(secret), ClientKey: []byte(secret)}, "jaeger: the client certificate: tls: failed to find any PEM data in certificate input"},
	} {
		_, err := New(tt.cfg)
		if fmt.Sprint(err) != tt.want || strings.Contains(fmt.Sprint(err), secret) {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
}

// With no address both of this machine's ports are tried, and one reason is
// told once.
func TestBothPorts(t *testing.T) {
	l := listen(t)
	host := l.Addr().String()
	l.Close()
	c := newClient(t, Config{URL: "grpc://" + host})
	web := newClient(t, Config{URL: "http://" + host})
	c.servers = append(c.servers, web.servers...)
	wants(t, c, 0, "jaeger: connection refused at "+host)
}
