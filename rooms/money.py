"""Money as records write it: figures with separators, and capital Chinese numerals (大写金额).

Money is an integer of fen. The numerals follow the People's Bank of China's rules for bills and
settlement vouchers (正确填写票据和结算凭证的基本规定): 整 after 元 or 角, never after 分; one 零
for a run of zeros inside a number.
"""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_MYRIAD = 10**4
_HUNDRED_MILLION = 10**8


def figures(fen: int) -> str:
    """`1,234,567.89` yuan."""
    sign, amount = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def capital(fen: int) -> str:
    """The amount in capital numerals: `壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分`."""
    if fen < 0:
        return "负" + capital(-fen)
    yuan, jiao, odd = fen // 100, fen % 100 // 10, fen % 10
    if fen == 0:
        return "零元整"
    text = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not odd:
        return text + "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[odd]}分" if odd else "整")


def _whole(number: int) -> str:
    """A positive whole number; 亿 may stand behind any number, so there is no largest one."""
    if number >= _HUNDRED_MILLION:
        return _joined(number, _HUNDRED_MILLION, "亿")
    if number >= _MYRIAD:
        return _joined(number, _MYRIAD, "万")
    return _group(number)


def _joined(number: int, size: int, unit: str) -> str:
    high, low = divmod(number, size)
    gap = "零" if 0 < low < size // 10 else ""
    return _whole(high) + unit + (gap + _whole(low) if low else "")


def _group(number: int) -> str:
    """1 to 9,999: a unit behind every digit, one 零 for zeros between digits."""
    text, zeros = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if zeros and text else "") + _DIGITS[digit] + _UNITS[place]
            zeros = False
        else:
            zeros = True
    return text
