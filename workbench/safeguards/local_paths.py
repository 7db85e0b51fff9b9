"""Where a store and its models may lie: at paths of a file system, never in object storage."""

import re
from pathlib import Path

from workbench.errors import InputError, Words

# Two letters at least, since a drive of Windows has one; a single slash, since a path that was made of a URL has no more.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def refuse_url(option: str, location: str | Path) -> None:
    """Raise InputError where a location given to `option` (--store, --models) is a URL, such as s3a:// or hdfs://.

    A file system would take it for a folder of that name, beside wherever one is, and the facts would be there.
    """
    if _URL.match(str(location)):
        raise InputError(
            Words(
                f"{option} {location}：须是文件系统里的路径（在集群上：每个工作进程都能读的路径，如共享盘）；写入靠本地改名才能要么全成要么"
                "全无，对象存储没有",
                f"{option} {location}: a path of a file system is wanted (on a cluster one that every worker can read, such as a shared "
                "disk); writes are whole or not at all by a local rename, which object storage does not have",
                code="store.location-is-url",
            )
        )
