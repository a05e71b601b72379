package logdoc

import "strings"

// A role is what a field tells about its log.
type role uint8

const (
	roleNone role = iota
	roleTime
	roleLevel
	roleMessage
	roleService
	rolePod
	roleHost
	roleProcess
	roleSpan
	roleTemplate
	roleSecond // log4j's instant, in two parts
	roleNano
	roleWorkload // a service's name where nothing better is known
	roleMethod   // of a request, for a log without a message
	rolePath
	roleStatus
	roleErrorType // what an error parser notes
	roleErrorReason
	roleErrorStack
	roleCount
)

// A numberScale says how a numeric level is to be read.
type numberScale uint8

const (
	scaleGuess    numberScale = iota // by magnitude: pino, Monolog, Logback or syslog
	scaleSeverity                    // by magnitude: syslog, OTel or GCP
	scaleOTel
	scaleSyslog
	scaleLogback
	scalePython
	scaleAzure
	scaleWord // a level's name only: numbers are an HTTP status
)

// A fieldRole is one known name; of several in a document the lowest rank wins.
type fieldRole struct {
	role    role
	rank    int16
	scale   numberScale
	nested  bool // JSON may stand inside it as text
	decimal bool // IDs in it are decimal even as text
}

// roleTable lists the known names in their canonical spelling (see canonical),
// the best first within a line of equal role.
var roleTable = map[role]string{
	roleTime: "timestamp @t time ts eventtime datetime timemillis logtime logtimestamp t date asctime timeunixnano" +
		" recordtimetimestamp recordtimerepr sourcerealtimetimestamp @timestamp starttime startedat requesttime timeiso8601 msec timelocal" +
		" eventcreated observedtimestamp observedtimeunixnano eventingested ingesttime syslogtimestamp",
	roleLevel: "loglevel level severitytext severity @l lvl levelname loglevelname priorityname logseverity" +
		" severitynumber levelvalue levelno syslogseverity logsyslogseverityname logsyslogseveritycode syslogseveritycode" +
		" sysloglevel priority eventseverity severitylevel syslogpriority logsyslogpriority recordlevelname status",
	roleMessage: "message msg @m bodytext body bodystructuredmessage bodystringvalue textpayload shortmessage logmessage log fullmessage recordmessage" +
		" @message rendered renderedmessage event content eventoriginal @mt errormessage exceptionmessage errmessage error request",
	roleService: "servicename service otelservicename serviceid resourceservicename ddservice applicationname application appname app" +
		" springapplicationname cloudrolename kuberneteslabelsappkubernetesioname kuberneteslabelsapp" +
		" kubernetespodlabelsappkubernetesioname kubernetespodlabelsapp" +
		" kuberneteslabelsk8sapp k8sdeploymentname kubernetesdeploymentname kuberneteslabelsname",
	roleWorkload: "kubernetescontainername k8scontainername containername dockercontainername syslogidentifier syslogprogram program programname recordname" +
		" logsyslogappname" +
		" name processname",
	rolePod: "kubernetespodname k8spodname podname pod",
	roleHost: "k8snodename kubernetesnodename kuberneteshost hostid hostname hosthostname host nodename node machinename" +
		" environmentmachinename agenthostname beathostname agentname hostip ip",
	roleProcess: "serviceinstanceid servicenodename k8spoduid kubernetespoduid kubernetespodid containerid dockercontainerid" +
		" kubernetesdockerid kubernetescontainerid",
	roleSpan: "spanid otelspanid @sp xb3spanid ddspanid dtspanid b3spanid logspanid contextspanid transactionid" +
		" elasticapmspanid elasticapmtransactionid logginggoogleapiscomspanid scopesspanid operationparentid" +
		" traceparent ubertraceid",
	roleTemplate: "@mt messagetemplate eventname logparammessage logtemplate msgtemplate",
	roleSecond:   "instantepochsecond",
	roleNano:     "instantnanoofsecond",
	roleMethod:   "method httpmethod requestmethod httprequestmethod",
	rolePath:     "path uri requestpath requesturi requesturl urlpath urloriginal httppath httptarget httpurl routekey url",
	roleStatus:   "responsecode statuscode httpstatuscode httpresponsestatuscode responsestatus resstatuscode downstreamstatus",
}

// roles is roleTable by name. @mt and logparammessage have a role of their own
// as template besides that of message.
var roles = buildRoles()

func buildRoles() map[string]fieldRole {
	m := make(map[string]fieldRole)
	for _, r := range []role{
		roleTime, roleLevel, roleMessage, roleService, roleWorkload, rolePod,
		roleHost, roleProcess, roleSpan, roleTemplate, roleSecond, roleNano, roleMethod, rolePath, roleStatus,
	} {
		for rank, name := range strings.Fields(roleTable[r]) {
			if _, taken := m[name]; !taken {
				m[name] = fieldRole{role: r, rank: int16(rank)}
			}
		}
	}
	for name, scale := range map[string]numberScale{
		"severity": scaleSeverity, "severitynumber": scaleOTel, "eventseverity": scaleOTel,
		"levelvalue": scaleLogback, "levelno": scalePython, "syslogseverity": scaleSyslog, "sysloglevel": scaleSyslog,
		"logsyslogseveritycode": scaleSyslog, "syslogseveritycode": scaleSyslog, "priority": scaleSyslog,
		"syslogpriority": scaleSyslog, "logsyslogpriority": scaleSyslog, "severitylevel": scaleAzure, "status": scaleWord,
	} {
		f := m[name]
		f.scale = scale
		m[name] = f
	}
	for _, name := range []string{"message", "msg", "log", "body", "bodytext", "eventoriginal", "@message", "textpayload", "fullmessage"} {
		f := m[name]
		f.nested = true
		m[name] = f
	}
	f := m["ddspanid"]
	f.decimal = true
	m["ddspanid"] = f
	return m
}

// wrappers are the objects that loggers and collectors put fields under: a
// name in them means what it means at the top.
var wrappers = map[string]bool{
	"mdc": true, "fields": true, "contextmap": true, "context": true, "json": true, "logprocessed": true,
	"attributes": true, "labels": true, "resource": true, "resourceattributes": true, "properties": true,
	"extra": true, "jsonpayload": true, "bodystructured": true, "parsed": true, "logrecord": true,
	"metadata": true, "namedtags": true, "recordextra": true,
}

// records are the wrappers in which a collector keeps a program's own record,
// taken apart: it knows its time better than who collected it.
var records = map[string]bool{"json": true, "logprocessed": true, "parsed": true, "logrecord": true}

// appendCanonical appends a key without what spellings differ in: case, dots,
// dashes and underscores.
func appendCanonical(path, key []byte) []byte {
	for _, c := range key {
		switch {
		case c == '.' || c == '_' || c == '-' || c == '/':
		case 'A' <= c && c <= 'Z':
			path = append(path, c+'a'-'A')
		default:
			path = append(path, c)
		}
	}
	return path
}

// IDField reports whether a field of this name, with its path, is meant for
// trace or correlation IDs.
func IDField(name string) bool {
	return idPath(string(appendCanonical(nil, []byte(name))))
}

var idNames = []string{
	"traceid", "traceparent", "traceheader", "amzntrace", "ctxtrace", "correlation", "requestid", "reqid", "b3",
	"transactionid", "xrequest", "callid", "flowid", "conversationid", "operationid",
}

func idPath(canonical string) bool {
	if canonical == "trace" || strings.HasSuffix(canonical, "@tr") || strings.HasSuffix(canonical, "apiscomtrace") {
		return true
	}
	for _, name := range idNames {
		if strings.Contains(canonical, name) {
			return true
		}
	}
	return false
}

// foreignPath reports whether an ID field names another trace than the log's
// own, such as a parent's or a link's.
func foreignPath(canonical string) bool {
	return strings.Contains(canonical, "link") || strings.Contains(canonical, "parenttrace") ||
		strings.Contains(canonical, "roottrace") || strings.Contains(canonical, "causetrace")
}
