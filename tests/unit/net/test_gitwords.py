"""What git's standard error means, in the words of the servers that there are."""

import pytest

from advisord.net.gitrun import failed

_SSH = """
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
"""
_RULE = "remote: ========================================================================"

SAID = {
    "GitHub over https": (
        "remote: Repository not found.\nfatal: repository 'https://github.com/o/r/' not found",
        "not-found",
        "repository 'https://github.com/o/r/' not found",
    ),
    "GitHub over ssh": (f"ERROR: Repository not found.{_SSH}", "not-found", "Repository not found."),
    "GitHub, single sign-on over ssh": (
        f"ERROR: The `o' organization has enabled or enforced SAML SSO.{_SSH}",
        "forbidden",
        "The `o' organization has enabled or enforced SAML SSO.",
    ),
    "GitHub, no key": (
        f"git@github.com: Permission denied (publickey).{_SSH}",
        "forbidden",
        "Permission denied (publickey).",
    ),
    "GitHub, too often": (
        (
            "remote: This request was rate-limited due to too many requests.\n"
            "fatal: unable to access 'https://github.com/o/r.git/': The requested URL returned error: 429"
        ),
        "rate-limited",
        "unable to access 'https://github.com/o/r.git/': The requested URL returned error: 429",
    ),
    "a fetch that is limited": (
        "error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429\nfatal: expected 'packfile'",
        "rate-limited",
        "RPC failed; HTTP 429 curl 22 The requested URL returned error: 429",
    ),
    "GitLab over https": (
        (
            "remote: The project you were looking for could not be found or you don't have permission to view it.\n"
            "fatal: repository 'https://gitlab.com/g/p.git/' not found"
        ),
        "not-found",
        "repository 'https://gitlab.com/g/p.git/' not found",
    ),
    "GitLab over ssh": (
        (
            f"remote: \n{_RULE}\nremote: \nremote: ERROR: The project you were looking for could not be found or you "
            f"don't have permission to view it.\nremote: \n{_RULE}\nremote: {_SSH}"
        ),
        "not-found",
        "ERROR: The project you were looking for could not be found or you don't have permission to view it.",
    ),
    "an older GitLab over ssh": (
        f"GitLab: You are not allowed to download code from this project.{_SSH}",
        "forbidden",
        "You are not allowed to download code from this project.",
    ),
    "GitLab over ssh, too often": (
        f"remote: ERROR: This endpoint has been requested too many times. Try again later.{_SSH}",
        "rate-limited",
        "ERROR: This endpoint has been requested too many times. Try again later.",
    ),
    "GitLab, a wrong token": (
        (
            "remote: HTTP Basic: Access denied. The provided password or token is incorrect.\n"
            "fatal: Authentication failed for 'https://gitlab.com/g/p.git/'"
        ),
        "forbidden",
        "Authentication failed for 'https://gitlab.com/g/p.git/'",
    ),
    "Forgejo over https": (
        "remote: Not found.\nfatal: repository 'https://codeberg.org/o/r.git/' not found",
        "not-found",
        "repository 'https://codeberg.org/o/r.git/' not found",
    ),
    "Forgejo over ssh": (f"Forgejo: Cannot find repository: o/r{_SSH}", "not-found", "Cannot find repository: o/r"),
    "Gitea over ssh, another's": (
        f"Gitea: User: 7:bot with Key: 3:laptop is not authorized to read o/r.{_SSH}",
        "forbidden",
        "User: 7:bot with Key: 3:laptop is not authorized to read o/r.",
    ),
    "Gitea, a new name": (
        "fatal: unable to access 'https://gitea.example/o/old.git/': The requested URL returned error: 307",
        "moved",
        "unable to access 'https://gitea.example/o/old.git/': The requested URL returned error: 307",
    ),
    "Bitbucket over ssh": (
        f"You may not have access to this repository or it no longer exists in this workspace.{_SSH}",
        "not-found",
        "You may not have access to this repository or it no longer exists in this workspace.",
    ),
    "Bitbucket, not allowed": (f"repository access denied.{_SSH}", "forbidden", "repository access denied."),
    "Bitbucket over https": (
        (
            "remote: The requested repository either does not exist or you do not have access.\n"
            "fatal: unable to access 'https://bitbucket.org/w/r.git/': The requested URL returned error: 403"
        ),
        "forbidden",
        "unable to access 'https://bitbucket.org/w/r.git/': The requested URL returned error: 403",
    ),
    "Gerrit": ("fatal: Project not found: tools/x", "not-found", "Project not found: tools/x"),
    "an older Gerrit": ("fatal: 'tools/x': not a Gerrit project", "not-found", "'tools/x': not a Gerrit project"),
    "JGit": (
        "fatal: remote error: upload-pack not permitted on 'tools/x'",
        "forbidden",
        "remote error: upload-pack not permitted on 'tools/x'",
    ),
    "gitolite": (
        f"FATAL: R any x bot DENIED by fallthru\n(or you mis-spelled the reponame){_SSH}",
        "forbidden",
        "R any x bot DENIED by fallthru",
    ),
    "git's own daemon": (
        "fatal: remote error: access denied or repository not exported: /x.git",
        "forbidden",
        "remote error: access denied or repository not exported: /x.git",
    ),
    "a private one without a token": (
        "fatal: could not read Username for 'https://h.example': terminal prompts disabled",
        "forbidden",
        "could not read Username for 'https://h.example': terminal prompts disabled",
    ),
    "a user without a password": (
        "fatal: could not read Password for 'https://h.example': terminal prompts disabled",
        "forbidden",
        "could not read Password for 'https://h.example': terminal prompts disabled",
    ),
    "a server that ssh does not know": (
        (
            f"No ED25519 host key is known for h.example and you have requested strict checking.\n"
            f"Host key verification failed.{_SSH}"
        ),
        "host-key",
        "Host key verification failed.",
    ),
    "no ssh": (f"ssh -o BatchMode=yes: 1: ssh: not found{_SSH}", "no-ssh", "1: ssh: not found"),
    "no ssh in bash": (f"sh: line 1: ssh: command not found{_SSH}", "no-ssh", "line 1: ssh: command not found"),
    "no way over ssh": (
        f"ssh: connect to host h.example port 22: Connection refused{_SSH}",
        "connection",
        "connect to host h.example port 22: Connection refused",
    ),
    "no way over git's own protocol": (
        "fatal: unable to connect to 127.0.0.1:\n127.0.0.1[0: 127.0.0.1]: errno=No route to host",
        "connection",
        "unable to connect to 127.0.0.1:",
    ),
    "ssh that hangs": (
        f"ssh: connect to host h.example port 22: Connection timed out{_SSH}",
        "connection",
        "connect to host h.example port 22: Connection timed out",
    ),
    "no name over ssh": (
        f"ssh: Could not resolve hostname h.example: Name or service not known{_SSH}",
        "connection",
        "Could not resolve hostname h.example: Name or service not known",
    ),
    "a server that closes at once": (
        f"kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22{_SSH}",
        "connection",
        "Connection closed by remote host",
    ),
    "a server that is slow": (
        "fatal: unable to access 'https://h.example/': Operation too slow. Less than 1000 bytes/sec",
        "connection",
        "unable to access 'https://h.example/': Operation too slow. Less than 1000 bytes/sec",
    ),
    "another's certificate": (
        "fatal: unable to access 'https://h.example/': SSL: no alternative certificate subject name matches target host",
        "certificate",
        "unable to access 'https://h.example/': SSL: no alternative certificate subject name matches target host",
    ),
    "an unknown certificate": (
        "fatal: unable to access 'https://h.example/': server certificate verification failed. CAfile: none",
        "certificate",
        "unable to access 'https://h.example/': server certificate verification failed. CAfile: none",
    ),
    "a proxy that refuses": (
        "fatal: unable to access 'https://h.example/': CONNECT tunnel failed, response 407",
        "proxy",
        "unable to access 'https://h.example/': CONNECT tunnel failed, response 407",
    ),
    "the same, told by an older curl": (
        "fatal: unable to access 'https://h.example/': Received HTTP code 403 from proxy after CONNECT",
        "proxy",
        "unable to access 'https://h.example/': Received HTTP code 403 from proxy after CONNECT",
    ),
    "a proxy without an address": (
        "fatal: unable to access 'https://h.example/': Could not resolve proxy: proxy.example",
        "proxy",
        "unable to access 'https://h.example/': Could not resolve proxy: proxy.example",
    ),
    "a full disk": (
        "error: copy-fd: write returned: No space left on device\nfatal: cannot copy 'a' to 'b': No space left on device",
        "disk",
        "copy-fd: write returned: No space left on device",
    ),
    "a path": (
        "fatal: '/srv/x' does not appear to be a git repository" + _SSH,
        "not-found",
        "'/srv/x' does not appear to be a git repository",
    ),
    "what nobody knows": ("fatal: the moon is full", "repository", "the moon is full"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_it_means(name: str) -> None:
    """The code, the sentence that says most, and whether it may be otherwise in a while."""
    words, code, sentence = SAID[name]
    error = failed(words.encode(), "shop")
    assert (error.code, error.message.replace("git: ", "", 1)) == (code, sentence)
    assert error.retryable is (code in {"connection", "rate-limited", "repository"})
    assert bool(error.hint) is (code != "repository")
