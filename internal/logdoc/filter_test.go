package logdoc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func conditions(texts ...string) []trace.Condition {
	var list []trace.Condition
	for _, text := range texts {
		key, value, _ := strings.Cut(text, "=")
		list = append(list, trace.Condition{Key: key, Value: value})
	}
	return list
}

func TestFilter(t *testing.T) {
	const no, field, text = "no", "field", "text"
	for condition, docs := range map[string]map[string]string{
		"order.id=ORD-17": {
			`{"order_id":"ORD-17"}`:                                                  field,
			`{"order":{"id":"ORD-17"}}`:                                              field,
			`{"orderId":" ORD-17 "}`:                                                 field,
			`{"attributes.order.id":"ORD-17"}`:                                       field,
			`{"attributes":{"order":{"id":"ORD-17"}}}`:                               field,
			`{"resource":{"attributes":{"order-id":"ORD-17"}}}`:                      field,
			`{"mdc":{"ORDER_ID":["x","ORD-17"]}}`:                                    field,
			`{"log":"{\"order\":{\"id\":\"ORD-17\"}}\n"}`:                            field,
			`{"payload":"{\"orderId\":\"ORD-17\"}"}`:                                 field,
			`{"log":"{\"message\":\"{\\\"order_id\\\":\\\"ORD-17\\\"}\"}"}`:          field,
			`{"order_id":"ORD\u002d17"}`:                                             field,
			`{"message":"order ORD-17 failed","order_id":"ORD-17"}`:                  field,
			`{"message":"order.id=ORD-17"}`:                                          text,
			`{"message":"paid order_id: \"ORD-17\", ok"}`:                            text,
			`{"message":"orderId ORD-17"}`:                                           text,
			`{"message":"the order ORD-17 is late"}`:                                 text,
			`{"message":"Order #ORD-17."}`:                                           text,
			`{"message":"order: ORD-17"}`:                                            text,
			`{"message":"Order (ORD-17) shipped"}`:                                   text,
			`{"message":"order id is unknown, order id = ORD-17"}`:                   text,
			`{"message":"x {\"order_id\":\"ORD-17\"} y"}`:                            text,
			`{"message":"x {\\\"order_id\\\":\\\"ORD-17\\\"} y"}`:                    text,
			`{"message":"labels.order.id=ORD-17"}`:                                   text,
			`{"message":"x\\norder_id=ORD-17"}`:                                      text,
			`{"order_id":"ORD-17", cut`:                                              text,
			`{"note":["order=ORD-17"]}`:                                              text,
			`{"order_id":"ORD-170"}`:                                                 no,
			`{"order_id":"XORD-17"}`:                                                 no,
			`{"order_id":"ord-17"}`:                                                  no,
			`{"parent_order_id":"ORD-17"}`:                                           no,
			`{"id":"ORD-17"}`:                                                        no,
			`{"message":"order ORD-170"}`:                                            no,
			`{"message":"order ORD-17-b"}`:                                           no,
			`{"message":"order ORD-17.5"}`:                                           no,
			`{"message":"order XORD-17"}`:                                            no,
			`{"message":"parent_order_id=ORD-17"}`:                                   no,
			`{"message":"reorder ORD-17"}`:                                           no,
			`{"message":"ORD-17"}`:                                                   no,
			`{"message":"orders/ORD-17"}`:                                            no,
			`{"message":"customer ORD-17"}`:                                          no,
			`{"message":"order was placed, ORD-17"}`:                                 no,
			`{"message":"m","other":"{\"id\":\"ORD-17\",\"order\":{\"id\":\"1\"}}"}`: no,
		},
		"http.status_code=500": {
			`{"http":{"status_code":500}}`:         field,
			`{"http.status_code":"500"}`:           field,
			`{"httpStatusCode":500.0}`:             field,
			`{"message":"http.status_code=500"}`:   text,
			`{"http":{"status_code":5001}}`:        no,
			`{"http":{"status_code":500.5}}`:       no,
			`{"message":"http.status_code=500ms"}`: no,
			`{"message":"http.status_code=500.5"}`: no,
			`{"status_code":500}`:                  no,
		},
		"ratio=0.5":   {`{"ratio":0.50}`: field, `{"ratio":5e-1}`: field, `{"ratio":"0.50"}`: no, `{"message":"ratio: 0.5"}`: text},
		"retry=true":  {`{"retry":true}`: field, `{"retry":"true"}`: field, `{"retry":false}`: no, `{"retry":null}`: no, `{"message":"retry=true"}`: text},
		"user.id=17":  {`{"user":{"id":17}}`: field, `{"message":"user 17 came"}`: text, `{"message":"user 17.5"}`: no, `{"userId":17.00}`: field, `{"userId":"17.0"}`: no},
		`path=/a "b"`: {`{"path":"\/a \"b\""}`: field, `{"path":"/a b"}`: no},
		"name=Zoë":    {`{"name":"Zo\u00eb"}`: field, `{"name":"Zoë"}`: field, `{"name":"Zoe"}`: no},
		"error=true": {
			`{"level":"error","message":"m"}`: field, `{"severity_number":21}`: field, `{"message":"E0102 x"}`: field, `{"message":"ERROR x"}`: field,
			`{"error":true,"level":"info"}`: field, `{"level":"warn"}`: no, `{"message":"error=true"}`: text, `{"level":50}`: field,
		},
		"otel.status_code=ERROR": {`{"level":"fatal"}`: field, `{"level":"info"}`: no},
		"note=":                  {`{"note":""}`: field, `{"message":"note="}`: no},
	} {
		p := NewFilterParser(NewFilter(conditions(condition), ""))
		for doc, want := range docs {
			l, ok := p.Parse([]byte(doc), "", "")
			got := no
			if ok {
				got = [...]string{field, text}[l.Match]
			}
			if l.Damaged && ok {
				got = text
			}
			if got != want {
				t.Errorf("%s in %s: %s, want %s", condition, doc, got, want)
			}
		}
	}
}

func TestFilterOfSeveral(t *testing.T) {
	p := NewFilterParser(NewFilter(conditions("order.id=ORD-17", "error=true"), "payment"))
	p.WantTrace(true)
	for doc, want := range map[string]bool{
		`{"service":"payment","level":"error","order_id":"ORD-17","trace_id":"` + testID + `"}`:                                                 true,
		`{"service":"payment","level":"error","message":"order ORD-17","trace_id":"` + testID + `"}`:                                            true,
		`{"service":"payment","level":"info","order_id":"ORD-17"}`:                                                                              false,
		`{"service":"order","level":"error","order_id":"ORD-17"}`:                                                                               false,
		`{"service":"payment","level":"error"}`:                                                                                                 false,
		`{"_index":"i","_id":"1","_source":{"service":{"name":"payment"},"level":"FATAL","order":{"id":"ORD-17"},"trace_id":"` + testID + `"}}`: true,
	} {
		l, ok := p.ParseLine([]byte(doc))
		if ok != want {
			t.Errorf("%s: %v", doc, ok)
		}
		if id, has := p.TraceID(); ok && (!has || id.String() != testID || l.Level < trace.LevelError) {
			t.Errorf("%s: %s %+v", doc, id, l)
		}
	}
}

// A filter never panics, takes no less because of its quick look, and reads a
// log as anyone would.
func FuzzFilter(f *testing.F) {
	for _, c := range producers {
		f.Add([]byte(c.doc), "trace.id", testID)
	}
	f.Add([]byte(`{"message":"order ORD-17"}`), "order.id", "ORD-17")
	f.Add([]byte(`{"a":{"b":17.0}}`), "a.b", "17")
	f.Fuzz(func(t *testing.T, doc []byte, key, value string) {
		filter := NewFilter([]trace.Condition{{Key: key, Value: value}}, "")
		p := NewFilterParser(filter)
		got, ok := p.read(bytes.Clone(doc), "", "", nil)
		if ok && !filter.mayFulfil(doc) {
			t.Fatalf("%q=%q: the quick look misses %q", key, value, doc)
		}
		all := Parse(doc, "", "")
		if ok && (got.Time != all.Time || got.Message != all.Message || got.Level != all.Level) {
			t.Fatalf("the log depends on the filter: %+v, %+v", got, all)
		}
	})
}

func TestSameField(t *testing.T) {
	for name, want := range map[string]bool{
		"order.id": true, "order_id": true, "attributes.orderId": true, "resource.attributes.order.id": true, "mdc.ORDER-ID": true,
		"parent.order.id": false, "order.id.x": false, "id": false, "": false,
	} {
		if SameField(name, "orderId") != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if SameField("", "") || SameField("a", "..") {
		t.Error("no key is any field's")
	}
}

func TestServiceField(t *testing.T) {
	own := Fields{"service": {"unit"}}
	for name, want := range map[string]bool{
		"service.name": true, "service": true, "kubernetes.pod_name": true, "kubernetes.labels.app": true, "k8s.container.name": true, "labels.unit": true, "message": false, "order.name": false,
	} {
		if own.ServiceField(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
