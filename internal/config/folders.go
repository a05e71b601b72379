package config

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
)

// Path is where the configuration file is, or would be: "" without a home.
// named tells that OTRACE_CONFIG says so.
func Path(getenv func(string) string) (path string, named bool) {
	if path = getenv("OTRACE_CONFIG"); path != "" {
		return path, true
	}
	home := userFolder(getenv, "XDG_CONFIG_HOME", "APPDATA", ".config")
	if home == "" {
		return "", false
	}
	return filepath.Join(home, "otrace", "config.yaml"), false
}

// DemoDir is the folder in which otrace demo keeps its evidence.
func DemoDir(getenv func(string) string) (string, error) {
	home := userFolder(getenv, "XDG_DATA_HOME", "LOCALAPPDATA", filepath.Join(".local", "share"))
	if home == "" {
		return "", errors.New("config: no home folder to keep the demo in")
	}
	return filepath.Join(home, "otrace", "demo"), nil
}

// CacheDir is the folder for what can be learnt again, "" without a home.
func CacheDir(getenv func(string) string) string {
	home := userFolder(getenv, "XDG_CACHE_HOME", "LOCALAPPDATA", ".cache")
	switch {
	case home == "":
		return ""
	case runtime.GOOS == "windows": // where all data is in one folder
		return filepath.Join(home, "otrace", "cache")
	}
	return filepath.Join(home, "otrace")
}

// userFolder finds a folder of the user's from the environment alone.
func userFolder(getenv func(string) string, xdg, windows, underHome string) string {
	if dir := getenv(xdg); filepath.IsAbs(dir) {
		return dir
	}
	if runtime.GOOS == "windows" {
		return getenv(windows)
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, underHome)
	}
	return ""
}

// expand replaces a leading ~ by the user's home.
func expand(path string, getenv func(string) string) string {
	rest, ok := strings.CutPrefix(path, "~")
	home := first(getenv("HOME"), getenv("USERPROFILE"))
	if !ok || home == "" || rest != "" && !strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, `\`) {
		return path
	}
	return filepath.Join(home, rest)
}

// beside makes a path that the file names absolute: one that is not is meant
// from the file's folder.
func beside(file, path string, getenv func(string) string) string {
	path = expand(path, getenv)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}
