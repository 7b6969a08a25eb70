"""Names, places and goods of a shop that sells tea, household goods and gifts."""

FAMILY_NAMES = (
	"王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 "
	"梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕"
).split()
GIVEN_NAMES = {
	"Female": (
		"芳 娜 敏 静 丽 艳 秀英 桂兰 婷婷 雪梅 晓燕 佳怡 "
		"欣悦 思雨 雨桐 梦琪 若曦 诗涵 慧敏 海燕 玉珍 美玲 春梅 子涵"
	).split(),
	"Male": (
		"伟 强 磊 军 洋 勇 杰 涛 超 明 建国 志强 浩然 子轩 宇航 俊杰 文博 天佑 海涛 国栋 振华 立新 晓东 家豪"
	).split(),
}
ENGLISH_FAMILY_NAMES = (
	"Smith Johnson Williams Brown Taylor Davies Evans Walker Wright Hughes Green Hall Clarke Turner Hill "
	"Moore Cooper Ward Morris Parker Bennett Foster Reynolds Murphy Kelly Fisher Palmer Barnes Chapman Webb"
).split()
ENGLISH_GIVEN_NAMES = {
	"Female": (
		"Emma Olivia Grace Sophie Charlotte Alice Lucy Hannah Ruth Helen Laura Nora Julia Rachel Clara Diana"
	).split(),
	"Male": (
		"James Oliver Henry Thomas George Daniel Peter Samuel Edward Martin Philip Simon Victor Adam Hugh Leo"
	).split(),
}

# (province, city, districts, area weight)
PLACES = (
	("上海市", "上海", ("黄浦区", "徐汇区", "静安区", "浦东新区", "长宁区"), 22),
	("北京市", "北京", ("朝阳区", "海淀区", "东城区", "西城区", "丰台区"), 20),
	("广东省", "广州", ("天河区", "越秀区", "海珠区", "番禺区"), 12),
	("广东省", "深圳", ("南山区", "福田区", "罗湖区", "宝安区"), 12),
	("浙江省", "杭州", ("西湖区", "上城区", "滨江区", "余杭区"), 10),
	("四川省", "成都", ("锦江区", "武侯区", "青羊区", "高新区"), 9),
	("江苏省", "南京", ("玄武区", "鼓楼区", "建邺区"), 6),
	("湖北省", "武汉", ("江汉区", "武昌区", "洪山区"), 5),
	("陕西省", "西安", ("雁塔区", "碑林区", "莲湖区"), 4),
)
STREETS = "南京路 人民路 中山路 解放路 建设路 长江路 和平街 文化路 新华路 滨河路 学府路 花园街".split()
ENGLISH_PLACES = (
	("Shanghai", "Shanghai", ("Jing'an", "Pudong", "Xuhui"), 5),
	("Hong Kong", "Hong Kong", ("Central", "Wan Chai", "Kowloon"), 4),
	("Greater London", "London", ("Camden", "Westminster", "Hackney"), 4),
	("California", "San Francisco", ("Mission", "Sunset", "Richmond"), 2),
	("Singapore", "Singapore", ("Orchard", "Bukit Timah"), 3),
)
ENGLISH_STREETS = (
	"High Street|Station Road|Church Lane|Mill Road|Park Avenue|Queen Street|Harbour Road".split("|")
)

# (name, industry, city that it sits in)
COMPANIES = (
	("上海云杉贸易有限公司", "Trade", 0), ("上海浦江酒店管理有限公司", "Hospitality", 0),
	("上海启明教育科技有限公司", "Education", 0), ("上海申澜物流有限公司", "Logistics", 0),
	("上海和润餐饮管理有限公司", "Catering", 0), ("上海聚力广告有限公司", "Advertising", 0),
	("北京华信咨询有限公司", "Consulting", 1), ("北京京北会展服务有限公司", "Events", 1),
	("北京青禾文化传媒有限公司", "Media", 1), ("北京蓝桥软件有限公司", "Software", 1),
	("北京德润律师事务所", "Legal", 1), ("北京翰林书店", "Retail", 1),
	("广州天河百货有限公司", "Retail", 2), ("广州岭南茶业有限公司", "Tea", 2),
	("广州远航国际货运有限公司", "Logistics", 2), ("广州珠江设计院", "Construction", 2),
	("深圳创新科技有限公司", "Electronics", 3), ("深圳湾区物业有限公司", "Property", 3),
	("深圳鹏程电子有限公司", "Electronics", 3), ("深圳海岸健身俱乐部", "Sports", 3),
	("杭州西湖旅行社", "Travel", 4), ("杭州丝路服饰有限公司", "Textiles", 4),
	("杭州余杭电商服务有限公司", "E-commerce", 4), ("杭州灵隐民宿", "Hospitality", 4),
	("成都锦里食品有限公司", "Food", 5), ("成都蓉城火锅连锁有限公司", "Catering", 5),
	("成都天府医疗器械有限公司", "Health", 5), ("南京金陵印刷有限公司", "Printing", 6),
	("南京紫金保险代理有限公司", "Insurance", 6), ("南京秦淮文创有限公司", "Crafts", 6),
	("武汉江城建材有限公司", "Construction", 7), ("武汉东湖生物科技有限公司", "Health", 7),
	("西安长安旅游开发有限公司", "Travel", 8), ("西安古都陶瓷有限公司", "Crafts", 8),
)  # fmt: skip
ENGLISH_COMPANIES = (
	("Harbour View Hotels Ltd", "Hospitality", 1), ("Lion Rock Trading Ltd", "Trade", 1),
	("Kowloon Events Co", "Events", 1), ("Camden Tea Rooms Ltd", "Catering", 2),
	("Westbridge Consulting LLP", "Consulting", 2), ("Thames Gift Company", "Retail", 2),
	("Golden Gate Imports Inc", "Trade", 3), ("Pacific Yoga Studios Inc", "Sports", 3),
	("Merlion Office Supplies Pte", "Retail", 4), ("Orchard Dental Group", "Health", 4),
	("Bund Architects Ltd", "Construction", 0), ("Jing'an Language School", "Education", 0),
	("Blue Lantern Media", "Media", 0), ("Maple Leaf International School", "Education", 0),
)  # fmt: skip
DEPARTMENTS_OF_COMPANIES = "采购部 行政部 市场部 人力资源部 财务部".split()
TITLES_OF_CONTACTS = "采购经理 行政主管 总经理 市场总监 人事经理".split()
ENGLISH_TITLES = "Buyer|Office Manager|Managing Director|Marketing Director|HR Manager".split("|")

OCCUPATIONS = "教师 医生 工程师 会计 设计师 律师 公务员 销售 护士 程序员 自由职业 退休".split()
ENGLISH_OCCUPATIONS = (
	"Teacher|Doctor|Engineer|Accountant|Designer|Lawyer|Nurse|Consultant|Freelancer|Retired".split("|")
)
EDUCATIONS = ("Secondary", "College", "Bachelor", "Bachelor", "Master", "Doctor")
INCOME_BANDS = ("Low", "Lower Middle", "Middle", "Middle", "Upper Middle", "High")
MARITAL = ("Single", "Married", "Married", "Divorced")
SOURCES = ("Walk-in", "Walk-in", "WeChat", "WeChat", "Web", "Referral", "Advertisement", "Event", "Other")
TAGS = (
	("茶友", "Buys tea regularly"),
	("礼品采购", "Buys gifts for others"),
	("母婴", "Family with small children"),
	("企业团购", "Company that buys in bulk"),
	("价格敏感", "Waits for offers"),
	("Early Adopter", "Tries what is new"),
	("Eco-minded", "Asks where goods come from"),
	("Local Press", "Writes about the shop"),
	("Friend of Staff", "Gets the staff price"),
)
FAMILY_NOTES = (
	"两个孩子, 大的上小学", "与父母同住", "养了一只猫", "Daughter studies abroad", "Newly married", "",
)  # fmt: skip
PREFERENCES = (
	("Category", "茶叶"), ("Category", "Ceramics"), ("Category", "护肤"), ("Price", "中高价位"),
	("Price", "Offers below 100"), ("Channel", "WeChat"), ("Channel", "Store"), ("Time", "周末下午"),
	("Time", "Weekday evenings"), ("Content", "新品预告"), ("Content", "Recipes"), ("Hobby", "书法"),
	("Hobby", "Gardening"), ("Brand", "青瓷坊"), ("Service", "Gift wrapping"),
)  # fmt: skip
HOBBIES = ("钓鱼", "羽毛球", "Golf", "Photography", "品茶", "")

# (name, channel, index of the place, manager's key)
STORES = (
	("上海南京路店", "Store", 0, "store_sh"),
	("北京王府井店", "Store", 1, "store_bj"),
	("广州天河店", "Store", 2, "store_gz"),
	("深圳万象城店", "Store", 3, "store_gz"),
	("杭州湖滨店", "Store", 4, "store_sh"),
	("成都春熙路店", "Store", 5, "store_cd"),
	("Online Shop", "Web", 0, "marketing"),
	("微信小程序", "WeChat", 0, "marketing"),
)

# (item code, item name, category, price)
GOODS = (
	("TEA-001", "西湖龙井 250g", "茶叶", 288), ("TEA-002", "安溪铁观音 250g", "茶叶", 168),
	("TEA-003", "云南普洱饼 357g", "茶叶", 228), ("TEA-004", "正山小种 200g", "茶叶", 138),
	("TEA-005", "福鼎白茶 150g", "茶叶", 198), ("TEA-006", "茉莉花茶 250g", "茶叶", 88),
	("TEA-007", "Earl Grey Tin 125g", "茶叶", 79), ("TEA-008", "大红袍礼盒", "茶叶", 598),
	("CER-001", "Celadon Teapot", "Ceramics", 320), ("CER-002", "青花盖碗", "Ceramics", 128),
	("CER-003", "Stoneware Mug", "Ceramics", 59), ("CER-004", "功夫茶具套装", "Ceramics", 468),
	("CER-005", "Glass Tea Set", "Ceramics", 158), ("CER-006", "手绘茶杯", "Ceramics", 88),
	("HOM-001", "Cotton Throw", "Home", 199), ("HOM-002", "竹制托盘", "Home", 69),
	("HOM-003", "Scented Candle", "Home", 78), ("HOM-004", "真丝靠垫", "Home", 149),
	("HOM-005", "Linen Tablecloth", "Home", 179), ("HOM-006", "藤编收纳篮", "Home", 99),
	("HOM-007", "Wool Rug", "Home", 880), ("KIT-001", "铸铁锅", "Kitchen", 399),
	("KIT-002", "Chef's Knife", "Kitchen", 259), ("KIT-003", "紫砂炖盅", "Kitchen", 118),
	("KIT-004", "Bamboo Steamer", "Kitchen", 89), ("KIT-005", "不锈钢保温壶", "Kitchen", 169),
	("KIT-006", "Chopping Board", "Kitchen", 75), ("CAR-001", "山茶花面霜", "护肤", 268),
	("CAR-002", "Hand Cream", "护肤", 48), ("CAR-003", "玫瑰纯露", "护肤", 98),
	("CAR-004", "Tea Tree Soap", "护肤", 35), ("CAR-005", "蚕丝面膜 10片", "护肤", 128),
	("GIF-001", "中秋月饼礼盒", "礼品", 268), ("GIF-002", "新春礼盒", "礼品", 388),
	("GIF-003", "Gift Hamper", "礼品", 498), ("GIF-004", "端午粽子礼盒", "礼品", 158),
	("GIF-005", "生日花茶礼盒", "礼品", 188), ("GIF-006", "Notebook Set", "礼品", 66),
)  # fmt: skip
# Sales of a month against an average one: spring festival, June and November offers, mid-autumn.
SEASON = {
	1: 1.25, 2: 1.1, 3: 0.8, 4: 0.85, 5: 0.95, 6: 1.2, 7: 0.8, 8: 0.85, 9: 1.15, 10: 1.0, 11: 1.45, 12: 1.2,
}  # fmt: skip
