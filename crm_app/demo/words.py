"""Names, places and goods of the demo shop, as data."""

SURNAMES = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 林 郭 何 高 罗".split()
GIVEN = {
	"Female": "芳 娜 敏 静 丽娟 艳 秀英 霞 雪梅 婷婷 佳怡 雨欣 梦琪 思远 晓燕 欣然".split(),
	"Male": "伟 强 磊 军 洋 勇 杰 涛 明 超 建国 志强 浩然 子轩 俊杰 文博".split(),
}
ENGLISH = {
	"Female": "Emma Olivia Sophie Grace Hannah Laura Claire Julia".split(),
	"Male": "James Oliver Daniel Thomas Henry Michael David Peter".split(),
}
ENGLISH_SURNAMES = "Smith Brown Wilson Taylor Evans Walker Green Baker Carter Morris".split()
COMPANY_WORDS = "华联 新世界 金桥 东方 长城 海天 瑞丰 宏达 明德 盛业".split()
COMPANY_KINDS = "酒店管理有限公司 贸易有限公司 科技股份有限公司 文化传媒有限公司".split()

# province, city, district, weight
PLACES = (
	("上海", "上海", "静安区", 30),
	("上海", "上海", "浦东新区", 18),
	("北京", "北京", "朝阳区", 16),
	("广东", "深圳", "南山区", 12),
	("浙江", "杭州", "西湖区", 12),
	("江苏", "苏州", "姑苏区", 7),
	("四川", "成都", "锦江区", 5),
)

# name, channel, city, share of sales
STORES = (
	("Nanjing Road Flagship", "Store", "上海", 30),
	("Chaoyang Joy City", "Store", "北京", 16),
	("Nanshan Coastal City", "Store", "深圳", 12),
	("Online Shop", "Web", "上海", 26),
	("WeChat Mini Shop", "WeChat", "上海", 16),
)
CHANNELS = {name: channel for name, channel, _city, _share in STORES}

# code, name, category, price in yuan
ITEMS = (
	("TEA-101", "龙井茶 Longjing Tea 100 g", "Tea", 168),
	("TEA-102", "铁观音 Tieguanyin 100 g", "Tea", 128),
	("TEA-103", "普洱茶饼 Pu'er Cake 357 g", "Tea", 298),
	("TEA-104", "茉莉花茶 Jasmine Tea 50 g", "Tea", 58),
	("TEA-105", "正山小种 Lapsang Souchong 100 g", "Tea", 148),
	("TEA-106", "伯爵红茶 Earl Grey 50 bags", "Tea", 69.9),
	("WARE-201", "青花瓷茶杯 Blue and White Cup", "Teaware", 45),
	("WARE-202", "紫砂壶 Yixing Teapot", "Teaware", 580),
	("WARE-203", "玻璃茶壶 Glass Teapot", "Teaware", 139),
	("WARE-204", "旅行茶具 Travel Tea Set", "Teaware", 219),
	("GIFT-301", "中秋礼盒 Mid-Autumn Gift Box", "Gifts", 388),
	("GIFT-302", "新春礼盒 New Year Gift Box", "Gifts", 428),
	("GIFT-303", "企业定制礼盒 Company Gift Box", "Gifts", 268),
	("SNACK-401", "桂花糕 Osmanthus Cake", "Snacks", 32),
	("SNACK-402", "绿豆饼 Mung Bean Pastry", "Snacks", 28),
	("SNACK-403", "坚果拼盘 Mixed Nuts", "Snacks", 49.5),
	("HOME-501", "檀香 Sandalwood Incense", "Home", 88),
	("HOME-502", "亚麻茶席 Linen Table Runner", "Home", 115),
)

# Weight of each month: New Year in January and February, June and November sales, gifts in September.
SEASONS = (1.5, 1.3, 0.8, 0.8, 0.9, 1.2, 0.8, 0.8, 1.4, 1.0, 1.7, 1.3)
WEEKDAYS = (0.8, 0.8, 0.85, 0.9, 1.1, 1.4, 1.3)

TOPICS = (
	("Asked about gift boxes", "Sent the catalogue"),
	("Order status", "Parcel is on its way"),
	("Asked for an invoice", "Invoice sent by e-mail"),
	("Tasting in the shop", "Liked the Pu'er, wants to think it over"),
	("Wants a company quotation", "Quotation promised by Friday"),
	("Birthday greeting", "Was pleased"),
	("Return visit after purchase", "Satisfied"),
	("Asked about member benefits", "Explained the tiers"),
)
COMPLAINTS = (
	("Teapot arrived broken", "Damaged in Delivery", "Delivery", "High"),
	("Parcel a week late", "Late Delivery", "Delivery", "Medium"),
	("Tea tastes stale", "Defective Product", "Product Quality", "High"),
	("Waited forty minutes at the till", "Long Wait", "Service Attitude", "Low"),
	("Promotion price not given", "Promotion Not Honoured", "Price and Billing", "Medium"),
	("Points of two purchases missing", "Points or Benefits Missing", "Membership and Points", "Low"),
	("Wrong gift box delivered", "Wrong Item Delivered", "Delivery", "Medium"),
	("Shop assistant was rude", "Rude or Careless Staff", "Service Attitude", "Medium"),
	("Allergic reaction after the cake", "Safety or Health Risk", "Product Quality", "Critical"),
	("Refund not received after two weeks", "Refund Not Received", "Price and Billing", "High"),
)
