"""The commands at the top of the program: where each is, and what --help says of it."""

from workbench.cli.language import both
from workbench.cli.registration import Commands

COMMANDS: Commands = {
    "simulate": (
        "data.simulation:simulate_command",
        both(
            "生成一座模拟城市，期次从 2019-05 起；取代同一数据目录中的模拟城市，已有决定以它为据的除外",
            "Make a simulated city, rounds from 2019-05; replaces a simulated city of the same store, unless decisions "
            "rest on it.",
        ),
    ),
    # A command of its own, which `make run` leaves in the background: the pages open meanwhile.
    "demo": (
        "data.demonstration:demo_command",
        both(
            "训练演示（模拟城市）的模型，并给其最后两期评分，只做一次；约五分钟",
            "Train the model of the demonstration (a simulated city) and score its last two rounds, once; about five minutes.",
        ),
    ),
    "intake": (
        "data.facts:intake_command",
        both(
            "读入全国系统的导出文件，或按映射读入任何表格；每个问题都列出。各批导入见 intake history，撤销一批用 intake undo 批号",
            "Read exports of the national system, or any table with a mapping; every problem is reported. "
            "Batches: `intake history`, `intake undo BATCH`.",
        ),
    ),
    # Two words: the second stands where `intake` takes a file (cli/intake_words).
    "intake template": (
        "data.offered:template_command",
        both(
            "写出未建档立卡户信息表的模板（带下拉选项和填写说明），填好后可直接读入",
            "Write the template for unregistered households (drop-downs, a sheet that explains); it reads back as it is.",
        ),
    ),
    "intake add": (
        "data.department:add_command",
        both(
            "把民政、残联、卫健、应急、退役军人、教育等部门名单补充到已有的户；存疑的只列出，不收",
            "Add what a department's list says to stored households; what is doubtful is listed, not taken.",
        ),
    ),
    "intake sources": (
        "data.department:sources_command",
        both(
            "一户的每项事实来自哪份文件、哪种名单，何人何时收入",
            "Where each fact of a household came from: file, list, who took it in and when.",
        ),
    ),
    "intake history": (
        "data.batches:history_command",
        both(
            "列出每一批导入：文件、账号、时间、改动，是否已撤销",
            "Every intake batch: its files, who took it in and when, what it changed, whether it was undone.",
        ),
    ),
    "intake undo": (
        "data.batches:undo_command",
        both(
            "撤销一批导入，恢复到导入之前；已据此办理的不能撤销",
            "Undo an intake batch: back to exactly what stood before it; refused where something rests on it.",
        ),
    ),
    "close": (
        "data.closing:close_command",
        both(
            "封存一个期次：其事实和程序都不能再改",
            "Close a round: neither its facts nor its procedure can be changed any more.",
        ),
    ),
    "reopen": (
        "data.closing:reopen_command",
        both(
            "重新开放已封存的期次：须由管理员写明理由，并留痕",
            "Open a closed round again: for administrators, with a reason; it is an event.",
        ),
    ),
    "tier": (
        "rules.tiers:tier_command",
        both("已脱贫户的风险等级，按县区统计", "Tiers of the lifted households of a round, counted by county."),
    ),
    "changes": (
        "rules.transitions:changes_command",
        both(
            "比上一期等级有何变化，变的是什么：事实、规则或数值，还是只是掌握的情况",
            "How tiers changed since the round before, and what changed: facts, rules or figures, or only what is known.",
        ),
    ),
    "explain": (
        "rules.tiers:explain_command",
        both(
            "一户为什么是这一等级，或是不是边缘户：条件、缺少的事实、最小的改变",
            "Why a household has its tier, or is an edge household: criteria, missing facts, smallest change.",
        ),
    ),
    "questions": (
        "rules.questions:questions_command",
        both(
            "走访一户还要问哪几句：最少问几句就可判定，每答一句重新排过；已记录的只需确认",
            "What still has to be asked of a household: the fewest questions that settle it, ordered anew after every answer.",
        ),
    ),
    "coverage": (
        "rules.coverage:coverage_command",
        both(
            "已脱贫户和边缘户的帮扶短板：技能、参保、上学、住房、饮水；有、无、不能判定",
            "Gaps of lifted and edge households: skill, insurance, schooling, housing, water; yes, no, cannot tell.",
        ),
    ),
    "preview": (
        "standards.preview:preview_command",
        both(
            "预览一个县定标准会纳入哪些户：户数、乡镇、群体、途径、费用、预计风险变差",
            "What a county standard brings in: households, townships, groups, routes, cost, expected slips.",
        ),
    ),
    "sweep": (
        "standards.preview:sweep_command",
        both(
            "标准的一至两项取不同值时的各项户数",
            "The counts of a standard as one or two of its keys vary.",
        ),
    ),
    "frontier": (
        "standards.frontier:frontier_command",
        both(
            "最优方案：同样户数最多能抓住多少风险变差的户，上限、群体、途径、排除都在变；与手头标准相比",
            "The most slips that a standard catches for each number of households, every lever varied, beside the one at hand.",
        ),
    ),
    "hindsight": (
        "standards.hindsight:hindsight_command",
        both(
            "回头看：一个标准在以往各期会赶在多少风险变差的户前面，没有赶上的差在哪一条",
            "Hindsight: how many slips of past rounds a standard would have caught, and which condition missed the rest.",
        ),
    ),
    "readings": (
        "standards.readings:readings_command",
        both(
            "认定口径的代价：通知没有明确的各点，每种口径涉及的户数、费用和风险变差；可写出请示",
            "The price of a reading: for each point that the notice leaves open, households, yuan and slips; a letter that asks.",
        ),
    ),
    "summary": (
        "province.app:summary_app",
        both(
            "一个市的签名汇总，与省里由各市汇总得出的预览、扫描、最优方案和回头看：没有户和姓名",
            "A city's signed summary, and what a province previews, sweeps, searches and looks back on from the sums: no household, no name.",
        ),
    ),
    "train": (
        "risk.models:train_command",
        both(
            "训练返贫致贫风险模型，写出卡片，并在本数据目录启用",
            "Train the model of slips, write its card, and put it in use for this store.",
        ),
    ),
    "evaluate": (
        "risk.models:evaluate_command",
        both(
            "用一期到下一期之间实际发生的情况评价在用的模型",
            "Judge the model in use on what happened between a round and the next stored one.",
        ),
    ),
    "score": (
        "risk.scores:score_command",
        both(
            "给一期的户评分：每个风险可能变差的户的概率、区间和原因",
            "Score a round: probability, interval and reasons of every household that can slip.",
        ),
    ),
    "models": (
        "risk.models:models_command",
        both("列出模型和卡片，选择在用的", "The models kept, which one is in use, and their cards."),
    ),
    "visits": (
        "risk.models:visits_command",
        both(
            "走访力量有限时先走访谁，规则与模型哪里不一致；符合条件的户一户不少",
            "Whom to visit first under a capacity, and where rule and model disagree. Nobody who qualifies is left out.",
        ),
    ),
    "ledger": (
        "documents.reports:ledger_command",
        both(
            "台账（电子表格）；有 --as 时含登记程序的步骤和姓名，没有则只含事实和规则",
            "A ledger as a spreadsheet; with --as the steps of the register and names, without only facts and rules.",
        ),
    ),
    "filing": (
        "documents.reports:filing_command",
        both(
            "县的备案文件及其数字；有 --as 时用登记程序中的数字",
            "The county's filing document with its figures; with --as those of the register.",
        ),
    ),
    "backup": (
        "data.keeping:backup_command",
        both(
            "备份：登记库、事实、个人信息、评分、模型和数据目录中的其余内容合为一个文件，并已核对；含个人信息",
            "Put register, facts, persons, scores, models and all else of the store into one file, checked; it holds "
            "personal data.",
        ),
    ),
    "restore": (
        "data.keeping:restore_command",
        both(
            "把备份恢复到空的数据目录和空的登记库：全部恢复或什么都不动，先核对每一字节",
            "Put a backup into an empty store and an empty register: all of it or nothing, every byte checked first.",
        ),
    ),
    "upgrade": (
        "data.keeping:upgrade_command",
        both(
            "把登记库升级到本工作台的版本，一步完成；之前自动备份",
            "Bring the register to this workbench's version in one step; a backup is made first by itself.",
        ),
    ),
    "serve": (
        "serving.serve:serve_command",
        both("打开页面（Voilà），直到中断", "Serve the pages through Voilà, until interrupted."),
    ),
    "lab": (
        "serving.serve:lab_command",
        both(
            "供分析人员在自己的文件夹里用 JupyterLab（笔记本是副本），直到中断",
            "JupyterLab in a folder of your own, with copies of the notebooks, until interrupted.",
        ),
    ),
    "service": (
        "serving.service:service_command",
        both(
            "写出 systemd 的单元：开机即启动页面，每夜备份；只写文件，不安装",
            "Write units of systemd: pages that start with the computer, a backup every night; installs nothing.",
        ),
    ),
    "doctor": (
        "serving.serve:doctor_command",
        both(
            "检查环境：装了什么，能否连通、能否写入，缺什么怎么办",
            "What is installed, reachable, writable, and what to do about what is not.",
        ),
    ),
    "register": (
        "register.app:register_app",
        both(
            "登记程序：通知规定的走访、初评上报、审核、备案",
            "The procedure of the notice: visit, propose, review and file.",
        ),
    ),
    "audit": (
        "audit.commands:audit_app",
        both("留痕：每一改动，每一次读取个人信息", "The trace of every change and of every reading of personal data."),
    ),
}
