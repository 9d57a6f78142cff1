// Command network-lan makes networks whose containers reach each other and their host and nothing beyond: a bridge for
// each network, a pair of links for each container. It changes no firewall and translates no address.
package main

import (
	"path/filepath"

	moby "moby-origin/sdk"
	"moby-origin/sdk/networkdriver"
	"moby-origin/sdk/wire"
)

func main() {
	moby.Serve(func(own *moby.Context) (*moby.Running, error) {
		book, err := openBook(filepath.Join(own.Folders.Data, "networks.json"))
		if err != nil {
			return nil, err
		}
		made := &driver{book: book, links: links{instance: own.Instance.ID}}
		return &moby.Running{Services: []wire.Service{networkdriver.Serve(made)}, Stop: made.stop}, nil
	})
}
