package orderservice

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk"
)

// A service indexes the deployment.
type service uint8

const (
	gateway service = iota
	order
	payment
	inventory
	worker
	notification
	serviceCount = iota
)

// ServiceNames lists the services in the order in which an order meets them.
func ServiceNames() []string {
	return []string{"gateway", "order", "payment", "inventory", "worker", "notification"}
}

func (s service) String() string { return ServiceNames()[s] }

func serviceByName(name string) (service, bool) {
	for i, n := range ServiceNames() {
		if n == name {
			return service(i), true
		}
	}
	return 0, false
}

// A process is one running service: its name, its machine, its clock, and how
// it writes its logs. One process a service, and one machine a process.
type process struct {
	service  service
	name     string
	host     string // the machine, and thereby the clock
	instance string
	version  string
	pod      string
	format   Format
	clock    clock
	resource []attribute.KeyValue
}

// deployment places the services on machines whose clocks start at start.
func deployment(cfg Config, start time.Time) []*process {
	hosts := [serviceCount]string{"edge-1", "app-1", "pay-1", "stock-1", "batch-1", "mail-1"}
	versions := [serviceCount]string{"3.2.0", "1.14.2", "2.7.1", "5.0.3", "1.9.0", "0.8.4"}
	procs := make([]*process, serviceCount)
	for i := range procs {
		s := service(i)
		name := s.String()
		h := newHash(cfg.Seed).text("process").text(name)
		p := &process{
			service: s, name: name, host: hosts[i], version: versions[i],
			instance: h.uuid(),
			pod:      fmt.Sprintf("%s-%08x-%05x", name, uint32(h.sum()>>32), h.sum()&0xfffff),
			format:   defaultFormat(s),
			clock:    clock{start: start, skew: cfg.Skew[name], ppm: cfg.DriftPPM[name]},
		}
		if f, ok := cfg.Formats[name]; ok {
			p.format = f
		}
		p.resource = p.describe()
		procs[i] = p
	}
	return procs
}

// describe is the process as its spans' resource names it.
func (p *process) describe() []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("service.name", p.name),
		attribute.String("service.version", p.version),
		attribute.String("service.instance.id", p.instance),
		attribute.String("service.namespace", "shop"),
		attribute.String("host.name", p.host),
		attribute.String("k8s.pod.name", p.pod),
		attribute.String("deployment.environment.name", "demo"),
		attribute.String("telemetry.sdk.language", "go"),
		attribute.String("telemetry.sdk.name", "opentelemetry"),
		attribute.String("telemetry.sdk.version", sdk.Version()),
	}
}

// A clock is wrong by a skew, and by a drift that grows from start.
type clock struct {
	start time.Time
	skew  time.Duration
	ppm   float64
}

// offset is how far the clock is ahead when the true time is t.
func (c clock) offset(t time.Time) time.Duration {
	if c.ppm == 0 {
		return c.skew
	}
	return c.skew + time.Duration(float64(t.Sub(c.start))*c.ppm/1e6)
}

// read is what the clock shows when the true time is t.
func (c clock) read(t time.Time) time.Time { return t.Add(c.offset(t)) }
