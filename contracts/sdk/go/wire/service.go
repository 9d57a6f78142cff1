package wire

import (
	"context"
	"encoding/json"
	"io"
)

// Service is a contract and what implements it.
type Service struct {
	contract *Contract
	handlers map[string]handler
}

// Handler serves one method; generated code makes it of a method of a driver.
type Handler struct {
	name string
	handler
}

type handler func(ctx context.Context, call *incoming) error

// NewService is called by generated code.
func NewService(contract *Contract, handlers ...Handler) Service {
	service := Service{contract, map[string]handler{}}
	for _, each := range handlers {
		service.handlers[each.name] = each.handler
	}
	return service
}

// Answer serves a method that answers with one value.
func Answer[Q, R any](name string, method func(context.Context, Q) (R, error)) Handler {
	return Handler{name, func(ctx context.Context, call *incoming) error {
		request, err := readRequest[Q](call)
		if err != nil {
			return err
		}
		response, err := method(ctx, request)
		if err != nil {
			return err
		}
		return call.answer(response)
	}}
}

// Output serves a method that answers with a stream.
func Output[Q, I any](name string, method func(context.Context, Q, func(I) error) error) Handler {
	return Handler{name, func(ctx context.Context, call *incoming) error {
		request, err := readRequest[Q](call)
		if err != nil {
			return err
		}
		return call.stream(ctx, func(send func(any) error) error {
			return method(ctx, request, func(item I) error { return send(item) })
		})
	}}
}

// Upload serves a method that takes a stream: one exchange, whose first frame is the request.
func Upload[Q, I, R any](name string, method func(context.Context, Q, *Input[I]) (R, error)) Handler {
	return Handler{name, func(ctx context.Context, call *incoming) error {
		kind, payload, err := readFrame(call.body, call.limits, call.method.limit(call.limits), call.subject())
		if err == io.EOF || (err == nil && kind != requestFrame) {
			return Errorf("WIRE_REQUEST_INVALID", "%s: the first frame is not a request", call.subject())
		}
		if err != nil {
			return err
		}
		request, err := read[Q](call.contract, call.method.Name, "request", payload, call.limits.Depth, "WIRE_REQUEST_INVALID")
		if err != nil {
			return err
		}
		body := func() (io.Reader, error) { return call.body, nil }
		response, err := method(ctx, request, itemsOf[I](call.source(body)))
		if err != nil {
			return err
		}
		return call.answer(response)
	}}
}

// Talk serves a method that takes a stream and answers with one: two exchanges that share an id.
func Talk[Q, I, O any](name string, method func(context.Context, Q, *Input[I], func(O) error) error) Handler {
	return Handler{name, func(ctx context.Context, call *incoming) error {
		id, err := exchangeID(call.request)
		if err != nil {
			return err
		}
		found, err := call.pairs.call(id)
		if err != nil {
			return err
		}
		defer call.pairs.finish(id, found)
		request, err := readRequest[Q](call)
		if err != nil {
			return err
		}
		body := func() (io.Reader, error) { return call.pairs.wait(id, found) }
		return call.stream(ctx, func(send func(any) error) error {
			return method(ctx, request, itemsOf[I](call.source(body)), func(item O) error { return send(item) })
		})
	}}
}

func readRequest[Q any](call *incoming) (Q, error) {
	data, err := call.readBody()
	if err != nil {
		var none Q
		return none, err
	}
	if len(data) == 0 {
		data = []byte("{}")
	}
	return read[Q](call.contract, call.method.Name, "request", data, call.limits.Depth, "WIRE_REQUEST_INVALID")
}

func (c *incoming) source(body func() (io.Reader, error)) *source {
	return &source{
		contract: c.contract,
		method:   c.method,
		part:     "input",
		limits:   c.limits,
		code:     "WIRE_REQUEST_INVALID",
		body:     body,
		wanted:   frameKind(c.method.Input),
	}
}

func (c *incoming) answer(response any) error {
	body, err := json.Marshal(response)
	if err != nil {
		return err
	}
	c.send(200, body)
	return nil
}
