// Command log-driver keeps container logs as the container runtimes of Kubernetes write them, so that what reads those
// reads these: a line is `<time> <stream> <P or F> <text>`, P for a piece of a longer line, F for its last or only one.
package main

import (
	"path/filepath"

	moby "moby-origin/sdk"
	"moby-origin/sdk/logdriver"
	"moby-origin/sdk/wire"
)

func main() {
	moby.Serve(func(own *moby.Context) (*moby.Running, error) {
		var defaults options
		if err := own.Config(&defaults); err != nil {
			return nil, err
		}
		logs := newStore(filepath.Join(own.Folders.Data, "logs"), defaults)
		return &moby.Running{
			Services: []wire.Service{logdriver.Serve(&driver{logs})},
			Stop:     logs.closeAll,
		}, nil
	})
}
