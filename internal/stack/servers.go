package main

import (
	"context"
	"fmt"
	"slices"
)

// A server is one program of the stack: how to get it, start it and ask it.
type server interface {
	about() about
	// prepare gets what the server runs from. It is quick when that is cached.
	prepare(ctx context.Context, s *stack) error
	// configure writes the server's settings into the folder run, and returns
	// how to start it. peers are the ports of the servers that it needs.
	configure(s *stack, run string, at ports, peers map[string]ports) (launch, error)
	// ready asks once, and returns nil when the server does all that it is for.
	ready(ctx context.Context, at ports) error
	// urls is where the server answers, for people.
	urls(at ports) []string
	// env is where the server answers, for tests, as NAME=value.
	env(at ports) []string
}

// about is what is known of a server before it runs.
type about struct {
	name      string
	product   string
	version   string
	usual     ports    // the ports it takes unless they are taken
	needs     []string // servers that must answer first
	onRequest bool     // started only when named
}

// ports are port numbers on the loopback address by what they are for.
type ports map[string]int

// addr is a loopback address as host:port.
func (p ports) addr(role string) string { return fmt.Sprintf("127.0.0.1:%d", p[role]) }

// url is a loopback address as an HTTP URL.
func (p ports) url(role string) string { return "http://" + p.addr(role) }

// A launch is a command line with its environment.
type launch struct {
	path string
	args []string
	env  []string
}

// catalogue is every server, each after those that it needs.
var catalogue = []server{
	jaeger{
		name:  "jaeger",
		usual: ports{"grpc": 16685, "http": 16686, "otlp": 4317, "otlphttp": 4318},
		vars:  "OTRACE_TEST_JAEGER",
	},
	search{
		name:    "es8",
		product: elasticsearch,
		archive: archive{
			artifact: "org.elasticsearch.distribution.integ-test-zip:elasticsearch:8.19.7:zip",
			sha512:   "80469a18f7cbc5c73f81815f30235edb7a89f56d7ead20048bf07b6a1469b1f33ee67619a3fb49d85cb0b3e866fca8b63f04ff07daab4790240e1c0abb30fdf4",
			megabyte: 98,
		},
		usual:    ports{"http": 9200, "transport": 9300},
		variable: "OTRACE_TEST_ES8",
	},
	search{
		name:    "es7",
		product: elasticsearch,
		archive: archive{
			artifact: "org.elasticsearch.distribution.integ-test-zip:elasticsearch:7.17.29:zip",
			sha512:   "24abc37b17b5709c41fba542d0cfb052bc41622326fed2183a67707db3cbd46e8469885ecb48c67265d48427be41f9389efff7db99d367b3b6151c65cd64aa43",
			megabyte: 57,
		},
		usual:    ports{"http": 9207, "transport": 9307},
		settings: []string{"xpack.ml.enabled: false"},
		variable: "OTRACE_TEST_ES7",
	},
	search{
		name:    "opensearch",
		product: opensearch,
		archive: archive{
			artifact: "org.opensearch.distribution.integ-test-zip:opensearch:2.19.0:zip",
			sha512:   "4137ec8f4e41a0b884219689cb1e3dcd58a4461d9d2a3048e25cdd7a9737f303740a9af18184615a6167009f07f7a2365a07c09a6734a3f07fa21bb3e49dd2e4",
			megabyte: 51,
		},
		usual:     ports{"http": 9209, "transport": 9309},
		variable:  "OTRACE_TEST_OPENSEARCH",
		onRequest: true,
	},
	jaeger{
		name:    "jaeger-es7",
		storage: "es7",
		usual:   ports{"grpc": 16695, "http": 16696, "otlp": 4327, "otlphttp": 4328},
		vars:    "OTRACE_TEST_JAEGER_ES7",
	},
}

// find is the server of that name, or nil.
func find(name string) server {
	for _, srv := range catalogue {
		if srv.about().name == name {
			return srv
		}
	}
	return nil
}

func allNames() []string {
	var names []string
	for _, srv := range catalogue {
		names = append(names, srv.about().name)
	}
	return names
}

// defaultNames are the servers that every test run has.
func defaultNames() []string {
	return slices.DeleteFunc(allNames(), func(name string) bool { return find(name).about().onRequest })
}

// withNeeds is the named servers and all that they need, in starting order.
func withNeeds(names []string) []server {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
		for _, need := range find(name).about().needs {
			wanted[need] = true
		}
	}
	return inOrder(wanted)
}

// withDependents is the named servers and all that need them.
func withDependents(names []string) []server {
	wanted := map[string]bool{}
	for _, srv := range catalogue {
		a := srv.about()
		wanted[a.name] = slices.Contains(names, a.name) ||
			slices.ContainsFunc(a.needs, func(need string) bool { return slices.Contains(names, need) })
	}
	return inOrder(wanted)
}

func inOrder(wanted map[string]bool) []server {
	var servers []server
	for _, srv := range catalogue {
		if wanted[srv.about().name] {
			servers = append(servers, srv)
		}
	}
	return servers
}
