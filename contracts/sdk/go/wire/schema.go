package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"
)

// schema is as much of JSON Schema as the contracts use.
type schema struct {
	Type                 string             `json:"type"`
	Enum                 []any              `json:"enum"`
	AnyOf                []*schema          `json:"anyOf"`
	Required             []string           `json:"required"`
	Properties           map[string]*schema `json:"properties"`
	PatternProperties    map[string]*schema `json:"patternProperties"`
	AdditionalProperties *bool              `json:"additionalProperties"`
	Items                *items             `json:"items"`
	MinItems             int                `json:"minItems"`
	MaxItems             *int               `json:"maxItems"`
	MinLength            int                `json:"minLength"`
	MaxLength            *int               `json:"maxLength"`
	Pattern              *pattern           `json:"pattern"`
	ContentEncoding      string             `json:"contentEncoding"`
	Minimum              *json.Number       `json:"minimum"`
	Maximum              *json.Number       `json:"maximum"`
}

// items is one schema for all items, or one for each.
type items struct {
	all  *schema
	each []*schema
}

func (i *items) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &i.each)
	}
	return json.Unmarshal(data, &i.all)
}

type pattern struct {
	*regexp.Regexp
}

func (p *pattern) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	compiled, err := regexp.Compile(text)
	p.Regexp = compiled
	return err
}

// problem is a JSON pointer and what is wrong there.
type problem struct {
	path, text string
}

// check fails with code; the message and the detail `path` (a JSON pointer) name what is wrong.
func (s *schema) check(value any, code, subject string) error {
	found := s.problem(value, "")
	if found == nil {
		return nil
	}
	where := found.path
	if where == "" {
		where = "the body"
	}
	return Errorf(code, "%s: %s %s", subject, where, found.text).WithDetails(map[string]any{"path": found.path})
}

func (s *schema) problem(value any, path string) *problem {
	if len(s.AnyOf) > 0 {
		return s.choiceProblem(value, path)
	}
	if len(s.Enum) > 0 && !contains(s.Enum, value) {
		return &problem{path, fmt.Sprintf("must be one of %v", s.Enum)}
	}
	switch s.Type {
	case "object":
		return s.objectProblem(value, path)
	case "array":
		return s.arrayProblem(value, path)
	case "string":
		return s.stringProblem(value, path)
	case "integer", "number":
		return s.numberProblem(value, path)
	case "boolean":
		if _, ok := value.(bool); !ok {
			return &problem{path, "must be true or false"}
		}
	case "null":
		if value != nil {
			return &problem{path, "must be null"}
		}
	}
	return nil
}

// choiceProblem tells the mismatch that lies deepest: that of the branch that was meant.
func (s *schema) choiceProblem(value any, path string) *problem {
	var deepest *problem
	for _, branch := range s.AnyOf {
		found := branch.problem(value, path)
		if found == nil {
			return nil
		}
		if deepest == nil || len(found.path) > len(deepest.path) {
			deepest = found
		}
	}
	return deepest
}

func (s *schema) objectProblem(value any, path string) *problem {
	object, ok := value.(map[string]any)
	if !ok {
		return &problem{path, "must be an object"}
	}
	for _, key := range s.Required {
		if _, ok := object[key]; !ok {
			return &problem{path, "must have the key " + key}
		}
	}
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for _, key := range keys {
		at := path + "/" + escape.Replace(key)
		known, ok := s.Properties[key]
		if ok {
			if found := known.problem(object[key], at); found != nil {
				return found
			}
		}
		for expression, each := range s.PatternProperties {
			// Contracts use one pattern, for any key.
			if expression != "^.*$" {
				return &problem{at, "has a pattern that this SDK does not know: " + expression}
			}
			ok = true
			if found := each.problem(object[key], at); found != nil {
				return found
			}
		}
		if !ok && s.AdditionalProperties != nil && !*s.AdditionalProperties {
			return &problem{at, "is not known"}
		}
	}
	return nil
}

func (s *schema) arrayProblem(value any, path string) *problem {
	list, ok := value.([]any)
	if !ok {
		return &problem{path, "must be a list"}
	}
	if len(list) < s.MinItems {
		return &problem{path, fmt.Sprintf("must have at least %d items", s.MinItems)}
	}
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		return &problem{path, fmt.Sprintf("must have at most %d items", *s.MaxItems)}
	}
	if s.Items == nil {
		return nil
	}
	if s.Items.all == nil && len(list) != len(s.Items.each) {
		return &problem{path, fmt.Sprintf("must have %d items", len(s.Items.each))}
	}
	for index, item := range list {
		each := s.Items.all
		if each == nil {
			each = s.Items.each[index]
		}
		if found := each.problem(item, fmt.Sprintf("%s/%d", path, index)); found != nil {
			return found
		}
	}
	return nil
}

func (s *schema) stringProblem(value any, path string) *problem {
	text, ok := value.(string)
	switch length := utf8.RuneCountInString(text); {
	case !ok:
		return &problem{path, "must be text"}
	case length < s.MinLength:
		return &problem{path, fmt.Sprintf("must have at least %d characters", s.MinLength)}
	case s.MaxLength != nil && length > *s.MaxLength:
		return &problem{path, fmt.Sprintf("must have at most %d characters", *s.MaxLength)}
	case s.Pattern != nil && !s.Pattern.MatchString(text):
		return &problem{path, "must match " + s.Pattern.String()}
	case s.ContentEncoding == "base64" && !isBase64(text):
		return &problem{path, "must be base64"}
	}
	return nil
}

func (s *schema) numberProblem(value any, path string) *problem {
	number, ok := value.(json.Number)
	if !ok {
		return &problem{path, "must be a number"}
	}
	exact, ok := new(big.Float).SetString(number.String())
	switch {
	case !ok:
		return &problem{path, "must be a number"}
	case s.Type == "integer" && !exact.IsInt():
		return &problem{path, "must be a whole number"}
	case s.Minimum != nil && exact.Cmp(bound(*s.Minimum)) < 0:
		return &problem{path, "must be at least " + s.Minimum.String()}
	case s.Maximum != nil && exact.Cmp(bound(*s.Maximum)) > 0:
		return &problem{path, "must be at most " + s.Maximum.String()}
	}
	return nil
}

func bound(number json.Number) *big.Float {
	value, _ := new(big.Float).SetString(number.String())
	return value
}

// isBase64 is strict: Go's decoder passes over line feeds.
func isBase64(text string) bool {
	if strings.ContainsAny(text, "\r\n") {
		return false
	}
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}

func contains(words []any, value any) bool {
	for _, word := range words {
		if word == value {
			return true
		}
	}
	return false
}
