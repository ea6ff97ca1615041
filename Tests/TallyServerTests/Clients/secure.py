"""A sale over TLS by a user with a token: secure.py PORT CERTIFICATE USER TOKEN."""

import sys

import redis

port, authority, user, token = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
for protocol in (2, 3):
    client = redis.Redis(
        host="127.0.0.1", port=port, username=user, password=token, protocol=protocol, ssl=True, ssl_ca_certs=authority
    )
    assert client.ping()
    assert client.execute_command("STOCK.RESERVE", f"order-{protocol}", "tea", 1) > 0
    try:
        client.execute_command("STOCK.RECEIVE", "tea", 1, "KEY", "k")
    except redis.exceptions.NoPermissionError:
        pass
    else:
        raise AssertionError("a receipt by a seller")
    client.close()

client = redis.from_url(
    f"rediss://{user}:{token}@127.0.0.1:{port}", ssl_ca_certs=authority, retry=None, single_connection_client=True
)
assert client.execute_command("STOCK.RESERVE", "order-2", "tea", 1) > 0
try:
    redis.Redis(host="127.0.0.1", port=port, password="wrong", ssl=True, ssl_ca_certs=authority, retry=None).ping()
except redis.exceptions.AuthenticationError:
    pass
else:
    raise AssertionError("a wrong token")
print("sale complete")
