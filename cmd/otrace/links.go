package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/render"
)

// link lets a style link to the pages that the settings name. Where Jaeger itself
// is asked by HTTP, its pages are there, too.
func link(s *render.Style, r *config.Resolved, onTerminal bool) error {
	ui := r.JaegerUI
	if ui == "" && strings.HasPrefix(r.Jaeger, "http") {
		ui = r.Jaeger
	}
	var err error
	if s.JaegerUI, err = page("jaeger-ui", ui); err != nil {
		return err
	}
	if s.Kibana, err = page("kibana", r.Kibana); err != nil {
		return err
	}
	s.Links = onTerminal && s.Color
	return nil
}

// linksTo reports whether there are pages to link to.
func linksTo(s *render.Style) bool { return s.JaegerUI != "" || s.Kibana != "" }

// page checks an address, and takes from it what no link needs.
func page(key, address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", usageError{hintedError{fmt.Errorf("%s: %s is no address of a web page", key, config.MaskURL(address)), "write it as https://host/path"}}
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return strings.TrimRight(u.String(), "/"), nil
}
