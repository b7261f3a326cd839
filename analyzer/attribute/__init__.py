"""Who a host belongs to, and where it stands: owner, party, network, country."""
