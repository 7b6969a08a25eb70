"""Chinese places in one spelling: 广东, 廣東省 and Guangdong are 广东省; 上海市 is the city 上海."""

import re

_PROVINCES = """
北京市 beijing; 天津市 tianjin; 上海市 shanghai; 重庆市 chongqing;
河北省 hebei; 山西省 shanxi; 辽宁省 liaoning; 吉林省 jilin;
黑龙江省 heilongjiang; 江苏省 jiangsu; 浙江省 zhejiang; 安徽省 anhui;
福建省 fujian; 江西省 jiangxi; 山东省 shandong; 河南省 henan;
湖北省 hubei; 湖南省 hunan; 广东省 guangdong canton; 海南省 hainan;
四川省 sichuan szechuan; 贵州省 guizhou; 云南省 yunnan; 陕西省 shaanxi;
甘肃省 gansu; 青海省 qinghai; 台湾省 taiwan; 内蒙古自治区 innermongolia neimenggu;
广西壮族自治区 guangxi; 西藏自治区 tibet xizang; 宁夏回族自治区 ningxia; 新疆维吾尔自治区 xinjiang;
香港特别行政区 hongkong; 澳门特别行政区 macau macao
"""
_SUFFIX = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")
_TRADITIONAL = str.maketrans(
	"廣東蘇遼寧龍陝貴雲肅臺灣門慶浙內壯維爾", "广东苏辽宁龙陕贵云肃台湾门庆浙内壮维尔"
)
_ENGLISH_TAIL = re.compile(r"(province|municipality|autonomousregion|sar|city|shi|sheng)$")


def _bare(text: str) -> str:
	return _SUFFIX.sub("", text)


def _known() -> dict[str, str]:
	found = {}
	for entry in re.split(r";\s*", _PROVINCES.strip()):
		full, *english = entry.split()
		found |= {full: full, _bare(full): full, **dict.fromkeys(english, full)}
	return found


PROVINCES = _known()


def province(text: str) -> str:
	"""The full Chinese name; what is no Chinese province stays as it is."""
	simplified = text.strip().translate(_TRADITIONAL)
	latin = re.sub(r"[^a-z]", "", text.casefold())
	for key in (simplified, _bare(simplified), latin, _ENGLISH_TAIL.sub("", latin)):
		if key in PROVINCES:
			return PROVINCES[key]
	return text.strip()


def city(text: str) -> str:
	"""Without 市 at its end, as people say it."""
	name = text.strip()
	return name[:-1] if len(name) > 2 and name.endswith("市") else name
