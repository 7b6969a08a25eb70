"""What customers complain about and talk about, as data."""

# subject, category, cause, description, resolution, corrective action
COMPLAINTS = (
	(
		"茶壶送到时壶嘴已破损",
		"Delivery",
		"Damaged in Delivery",
		"外箱完好, 打开后发现壶嘴缺了一角。",
		"已补发新品并安排取回破损件。",
		"要求仓库使用加厚泡沫包装",
	),
	(
		"Late delivery of a birthday gift",
		"Delivery",
		"Late Delivery",
		"Promised for Friday, came on Tuesday after the party.",
		"Apologised and refunded the delivery fee.",
		"Courier warned; cut-off time on the page corrected",
	),
	(
		"收到的茶叶与描述不符",
		"Product Quality",
		"Product Not as Described",
		"页面写的是明前茶, 实际包装标注为雨前。",
		"为顾客更换为明前茶, 补差价。",
		"更正商品页面说明",
	),
	(
		"Rude answer at the till",
		"Service Attitude",
		"Rude or Careless Staff",
		"The cashier refused to look up my card and turned away.",
		"Store manager called and invited the customer.",
		"Talk with the member of staff, coaching planned",
	),
	(
		"面霜使用后皮肤发红",
		"Product Quality",
		"Safety or Health Risk",
		"第一次使用后脸部发红发痒, 已停用。",
		"全额退款并承担门诊费用。",
		"该批次下架送检",
	),
	(
		"Wrong price on the receipt",
		"Price and Billing",
		"Wrong Price or Bill",
		"Shelf said 59, I paid 88 for the mug.",
		"Difference refunded to the card.",
		"Shelf labels of the ceramics wall checked",
	),
	(
		"退款两周仍未到账",
		"Price and Billing",
		"Refund Not Received",
		"退货已签收两周, 退款一直没有到账。",
		"财务当日补打款, 并电话致歉。",
		"退款清单改为每日核对",
	),
	(
		"November offer not honoured online",
		"Price and Billing",
		"Promotion Not Honoured",
		"The banner said 10 % off but the basket showed the full price.",
		"Offer applied afterwards as a refund.",
		"Rule of the offer tested before start",
	),
	(
		"会员生日礼没有收到",
		"Membership and Points",
		"Points or Benefits Missing",
		"生日当月去门店领取, 店员说系统里没有记录。",
		"当天补送生日礼盒。",
		"检查生日权益发放任务",
	),
	(
		"Member card does not scan",
		"Membership and Points",
		"Card Cannot Be Used",
		"Third visit in a row that the card cannot be read.",
		"Card replaced on the spot.",
		"Readers in the store cleaned and tested",
	),
	(
		"门店地面湿滑差点摔倒",
		"Store Environment",
		"Dirty or Unsafe Store",
		"雨天门口没有放置防滑垫。",
		"店长当面致歉并赠送礼券。",
		"雨天门口放置防滑垫和提示牌",
	),
	(
		"Nobody calls back",
		"Service Attitude",
		"No Answer to the Customer",
		"I left two messages about an invoice and heard nothing.",
		"Invoice sent, named contact given.",
		"Call-back list reviewed every evening",
	),
	(
		"发错了商品颜色",
		"Delivery",
		"Wrong Item Delivered",
		"下单的是米白色靠垫, 收到的是灰色。",
		"免费换货, 赠送优惠券。",
		"拣货时加扫颜色码",
	),
	(
		"Kettle leaks after a week",
		"Product Quality",
		"Defective Product",
		"The seal of the flask lets water through.",
		"Replaced by a new one.",
		"Supplier informed, batch checked",
	),
	(
		"周末排队结账超过四十分钟",
		"Service Attitude",
		"Long Wait",
		"周六下午只开了一个收银台。",
		"致歉并解释周末加开收银台的安排。",
		"周末加开第二收银台",
	),
)
CHANNELS = ("Phone", "Phone", "WeChat", "E-mail", "Store", "Web")
FEEDBACK = (
	"处理很快, 满意", "Good solution, came a little late", "态度诚恳", "Would have liked a call earlier",
	"",
)  # fmt: skip

# Cases under way: state, severity, share of the time to resolve that is used, answered or not.
OPEN = (
	("Received", "Medium", 0.05, False), ("Received", "High", 0.08, False),
	("Received", "Low", 0.17, False), ("Received", "Critical", 0.25, False),
	("Received", "Low", 0.03, False), ("Classified", "Medium", 0.3, True),
	("Classified", "High", 0.8, True), ("Classified", "Low", 0.1, True),
	("Escalated", "Critical", 1.4, True), ("Escalated", "High", 0.9, True),
	("Investigating", "Medium", 0.5, True), ("Investigating", "Medium", 0.85, True),
	("Investigating", "High", 1.6, True), ("Investigating", "Low", 0.3, True),
	("Investigating", "Medium", 2.2, True), ("On Hold", "Medium", 0.6, True),
	("On Hold", "High", 1.2, True), ("On Hold", "Low", 0.4, True),
	("Compensation Approval", "High", 0.6, True), ("Compensation Approval", "Medium", 0.9, True),
	("Compensation Approval", "Critical", 1.2, True), ("Compensation Approved", "Medium", 0.7, True),
	("Compensation Approved", "High", 0.5, True), ("Resolved", "Medium", 1.1, True),
	("Resolved", "Low", 0.9, True), ("Resolved", "High", 1.8, True), ("Feedback", "Medium", 1.5, True),
	("Feedback", "Low", 1.2, True), ("Feedback", "High", 2.0, True),
)  # fmt: skip
ARCHIVED = 34
HOLD_REASON = "等待供应商检测报告"

# state: the steps that lead there, each with the key of who takes it
START = (("agent", "Classify"), ("agent", "Investigate"))
ASKED = (*START, ("agent", "Request Compensation"))
GRANTED = (*ASKED, ("manager", "Approve Compensation"))
AFTERWARDS = (("agent", "Resolve"), ("agent", "Ask Feedback"), ("agent", "Archive"))
ROADS = {
	"Received": (),
	"Classified": START[:1],
	"Escalated": (*START[:1], ("agent", "Escalate")),
	"Investigating": START,
	"On Hold": (*START, ("agent", "Put on Hold")),
	"Compensation Approval": ASKED,
	"Compensation Approved": GRANTED,
	"Resolved": (*START, *AFTERWARDS[:1]),
	"Feedback": (*START, *AFTERWARDS[:2]),
	"Archived": (*START, *AFTERWARDS),
}

# channel, direction, subject, content, outcome
TALKS = (
	("Phone", "Outgoing", "回访: 新茶口感如何", "顾客表示口感清香, 会继续购买。", "Satisfied"),
	(
		"Phone",
		"Incoming",
		"Asked for opening hours",
		"Wanted to know whether we open on the holiday.",
		"Told",
	),
	("WeChat", "Outgoing", "发送新品目录", "春季新品图册及价格。", "已读"),
	("WeChat", "Incoming", "咨询礼盒定制", "公司年会需要五十份礼盒, 询问定制 logo。", "已报价"),
	(
		"E-mail",
		"Outgoing",
		"Invitation to the tea tasting",
		"Two places reserved on Saturday afternoon.",
		"Accepted",
	),
	(
		"E-mail",
		"Incoming",
		"Question about an invoice",
		"Needs the tax number on the invoice.",
		"New invoice sent",
	),
	("Visit", "Outgoing", "上门拜访采购负责人", "讨论下半年礼品采购计划。", "下月再谈"),
	(
		"Store",
		"Incoming",
		"Looked for a wedding present",
		"Compared tea sets, took the celadon pot.",
		"Bought",
	),
	("Web", "Incoming", "在线咨询配送时间", "询问偏远地区配送时效。", "已答复"),
	("SMS", "Outgoing", "生日祝福", "祝您生日快乐, 到店可领取生日礼。", ""),
	("Phone", "Outgoing", "Win-back call", "Moved to another district, would order online.", "Voucher sent"),
	(
		"Visit",
		"Outgoing",
		"Annual review with the buyer",
		"Content with delivery, asks for better terms.",
		"Offer to follow",
	),
)
