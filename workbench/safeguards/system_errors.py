"""What the system says of a file that cannot be read or written, in both languages: its own words are English only."""

import errno

from workbench.errors import Words

_IN_CHINESE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经有了",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被使用",
    errno.ETXTBSY: "正被使用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接绕成一圈",
    errno.EINVAL: "系统不接受",
    errno.ENXIO: "没有这个设备",
    errno.ENODEV: "没有这个设备",
    errno.ESTALE: "网络盘上的文件已不在",
    errno.ETIMEDOUT: "等待超时",
}


def said_by_system(error: BaseException) -> Words:
    """Why a file could not be opened, read or written; what is no error of the system, and what it seldom says, as it stands."""
    number = getattr(error, "errno", None)
    # Not the error as text, which holds the path: whoever tells of it names the file already.
    english = str(getattr(error, "strerror", None) or error)
    return Words(_IN_CHINESE.get(number, english) if isinstance(number, int) else english, english)
